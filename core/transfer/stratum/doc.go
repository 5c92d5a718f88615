// Package stratum reads the backups of Stratum, formerly Authenticator Pro
// (.authpro): JSON, plain, locked with a password (Argon2id and AES-256-GCM),
// or locked as the application did before 2023 (PBKDF2 and AES-CBC).
// Categories become tags, own icons are kept.
//
// Stratum passes over a last character of a secret that does not fill a byte,
// and so does this reader, since the codes are made from the rest. A
// Mobile-OTP secret that is not hexadecimal is refused by name: Stratum hashes
// it as text, which no Mobile-OTP server does.
//
// Stratum's HTML page of QR codes is read by core/transfer/linklist.
//
// Verified against real files: plain, and both locks.
package stratum

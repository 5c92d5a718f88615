// Package andotp reads the exports of andOTP: a JSON array, plain or locked
// with a password (PBKDF2 and AES-256-GCM, or in old versions the SHA-256 of
// the password itself). Tags are kept.
//
// A locked export has no mark of its own; only opening it tells. Mobile-OTP
// accounts are refused by name: andOTP writes their secret as text, not as the
// key, and leaves out the PIN.
//
// Verified against real files: plain, and locked with PBKDF2. From the
// description: the old key derivation.
package andotp

// Package keepass reads one-time password accounts out of KeePass databases,
// KDBX version 4, opened with a password: AES-256, ChaCha20 and Twofish; AES-KDF,
// Argon2d and Argon2id.
//
// Accounts are found where the programs of the family keep them: the "otp"
// field (KeePassXC, KeePassDX, Strongbox: a link; KeeOtp: key, size and step),
// KeePass' own TimeOtp and HmacOtp fields, and the seed and settings of the
// TrayTOTP plugin. Groups below the root and an entry's tags become tags;
// notes and own icons are kept. Deleted entries (the recycle bin) and earlier
// versions (history) are not accounts and are passed over.
//
// It refuses to read anything else: passwords and attachments are decrypted
// only as far as the stream cipher makes it necessary, and dropped.
//
// KDBX 4 authenticates its header with the password's key, so a wrong password
// (or a missing key file) is told from damage exactly. KDBX 3 and KDB are
// refused with the way to save them as version 4.
//
// Verified against real files: all ciphers and derivations, links in "otp".
// From the programs' documentation: the other fields.
package keepass

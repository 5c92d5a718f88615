// Package totpauthenticator reads the backups of TOTP Authenticator (BinaryBoot):
// base64 of AES-256-CBC under the SHA-256 of the password, around a JSON array
// that is itself the key of a JSON object.
//
// A backup made without a password is sealed with a fixed one, which is tried
// when none is given. The format has no mark of its own. Verified against a
// real file with a password; the fixed password is from the description.
package totpauthenticator

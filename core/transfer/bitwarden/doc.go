// Package bitwarden reads and writes the JSON exports of Bitwarden, plain or
// locked with a password of their own (PBKDF2 or Argon2id, AES-256-CBC with
// HMAC-SHA-256), and reads those of Bitwarden Authenticator.
//
// Of the items it looks at logins with a one-time password only: the field may
// hold a link, steam:// and a key, or a key alone. Folders and collections
// become tags, notes and favourites are kept.
//
// It refuses exports that are restricted to an account: only that account's
// key, which is not in the file, opens them.
//
// Verified against real files: plain, both derivations, account-restricted,
// and Bitwarden Authenticator.
package bitwarden

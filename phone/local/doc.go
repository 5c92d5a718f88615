// Package local owns the vault as a file: how it is sealed, opened, locked
// against a second process, and replaced so that a crash at any moment leaves
// the old content or the new one, whole.
//
// A vault is up to four files side by side:
//
//	vault            the vault
//	vault.previous   the version before, kept as the way back from damage
//	vault.key        32 random bytes, when no passphrase locks the vault
//	vault.lock       what two processes queue at; empty
//
// The file is one header line, one LF, a 24-byte nonce, and the content of
// core/vault sealed with XChaCha20-Poly1305. The header line is JSON in
// canonical form and is the seal's additional data, so that nobody can change
// a parameter, or the number of entries that a damaged file is said to have
// held:
//
//	{"check":"…","entries":3,"format":"countersign/vault-file","key":"file","version":1}
//	{"argon2id":{"lanes":4,"memory":65536,"passes":3,"salt":"…"},"check":"…",…,"key":"passphrase",…}
//
// A save, with the lock held (the steps at which the tests kill it):
//
//	write vault.new ─▶ sync ─▶ read back and open ─▶ link vault as vault.previous
//	─▶ rename vault.new to vault ─▶ sync folder ─▶ read back and open
//
// A file that does not open is said to be damaged and never replaced by an
// empty one; Repair puts the previous version in its place when asked, and
// sets the damaged one aside.
//
// It refuses to own: what a vault contains (core/vault), and the words.
//
// Standards: RFC 9106 (Argon2id), RFC 8439 with the extended nonce of
// draft-irtf-cfrg-xchacha-03 (as golang.org/x/crypto has it).
package local

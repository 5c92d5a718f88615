// Package foreign owns what the readers of other authenticators' exports have
// in common: what a reading yields, the named ways in which a file or one
// entry of it is refused, the limits on what a file may cost, and the checks
// that every entry passes before it is kept.
//
// It refuses to know any format: each is a package of its own below
// core/transfer, and core/transfer lists them. It draws no randomness, so an
// entry leaves here without its ID; whoever puts it into a vault draws one.
//
// The rule of the house (check A6): an entry comes out exactly as the other
// application would have used it, or it is refused by name with a reason.
// Nothing is rounded, defaulted over, cut short or merged.
//
// A file that hides behind a password can fail in two ways that a person must
// be able to tell apart: the password is another one, or the file is damaged.
// Authenticated encryption gives one answer for both, so the openers here look
// at what the key makes of the bytes: text that is readable and does not
// authenticate was opened by the right password and then damaged.
//
// Standards: RFC 4648 (base32), RFC 8259 (JSON), NIST SP 800-38D (GCM),
// RFC 8018 (PBKDF2), RFC 7914 (scrypt), RFC 9106 (Argon2).
package foreign

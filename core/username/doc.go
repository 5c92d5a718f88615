// Package username owns the canonical form of an account's name, so that two
// spellings of one name are one account (check E4): " alice" and "alice"
// were two people elsewhere, with one password between them.
//
// The form is the UsernameCaseMapped profile of PRECIS (RFC 8265 §3.3): width
// mapping, lower case, NFC, no spaces, no zero-width or bidirectional control
// characters. It refuses rather than repairs, but for letters' case and
// surrounding white space, which people type without meaning it.
//
// It does not know which names exist.
package username

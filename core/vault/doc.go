// Package vault owns the content of a vault: the accounts that make codes, the
// devices enrolled at servers, and the record of what was imported when. It
// turns that content into canonical bytes and back, and decides what belongs
// together (which entries are the same, which a name matches).
//
// The bytes are JSON in the canonical form of RFC 8785: members in the order
// of their names, no white space, shortest escapes. Every member is present,
// so one content has one spelling, and Parse refuses any other: unknown,
// duplicate or missing members, another order, trailing bytes.
//
//	{"devices":[…],"entries":[…],"format":"countersign/vault","imports":[…],"version":1}
//
// A version that this build does not know is refused by name (ErrNewer), never
// read in part: what it would drop on the next save is somebody's way in.
//
// It refuses to own: files, keys and passphrases (phone/local), sealing for a
// backup (core/seal), foreign formats (core/transfer), and codes (core/otp).
//
// Standards: RFC 8259 (JSON), RFC 8785 (canonical form), RFC 4648 §5
// (base64url without padding, for bytes).
//
// The TypeScript twin is app/src/lib/vault; vectors/vault.json holds the two
// together.
package vault

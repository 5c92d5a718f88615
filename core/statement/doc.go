// Package statement owns what a device signs: the canonical text of a
// statement, its digest, its P-256 signature, and the forms in which keys and
// signatures travel (docs/spec/conventions.md).
//
// A statement is a domain line and a fixed number of value lines, each ended
// by one LF, the last one too:
//
//	countersign/call/v1␊
//	https://id.example.org␊
//	GET␊
//	…
//
// The parties build statements and nobody parses one, so there is no parser
// here to disagree with. A value cannot hold an LF, so no value can pose as
// two, and the domain line keeps a signature made for one purpose from being
// shown for another (check B4).
//
// It refuses to own: keys at rest, who may sign what, whether a signature is
// fresh, and the counting of attempts. Those are ceremonies.
//
// Standards: FIPS 186-5 (ECDSA over P-256 with SHA-256), RFC 6979
// (deterministic signing), IEEE P1363 (r and s, 32 bytes each), SEC 1 §2.3.3
// (uncompressed points), RFC 4648 §5 (base64url, without padding).
//
// The TypeScript twin is app/src/lib/statement; vectors/statement.json holds
// the two together.
package statement

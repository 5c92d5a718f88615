// Package transfer reads what other authenticators export, and writes what
// they read: bytes in, entries out, and back.
//
// It owns the list of formats, the recognition of a file by its content, and
// the one door through which every file is read. Each format is a package
// below; core/transfer/foreign holds what they share, above all the rule that
// an entry is taken over exactly or refused by name.
//
// It refuses to touch a file, a clock or a network, and to draw randomness:
// entries come out without an ID. A server that wants one format imports that
// package, never this one, so that it links no other (house.md).
//
// Each format's package says which of its readings are verified against real
// files and which against files made from the public description.
package transfer

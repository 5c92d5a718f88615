// Package countersign holds the nouns of the product, their states, and the
// pure transitions between them. It is floor 0 of the house (docs/MAP.md): it
// imports the standard library only, reads no clock, draws no randomness, and
// knows no database, no HTTP and no file.
//
// Each noun has one file here, and a file of the same name on every floor that
// deals with it: approval.go here, in ceremony/approval, in store, in web.
package countersign

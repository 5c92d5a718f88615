// Command countersign is the authenticator for a shell: it enrols this
// computer at a server, shows what waits for a decision, approves by the typed
// number, denies and reports; and it makes codes offline. It owns wiring, the
// command line and its words (words.go); what it knows of the phone's API is
// in phone, of the vault's file in phone/local, of the content in core/vault.
//
// It refuses to own: anything that decides. A server that is lied to by a
// terminal must be as safe as one that is lied to by a phone.
//
// Exit codes are a contract with scripts; exit.go lists them.
//
// Standards: XDG Base Directory Specification (where the vault is on Linux),
// the NO_COLOR convention.
package main

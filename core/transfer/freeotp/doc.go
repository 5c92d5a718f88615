// Package freeotp reads three files of one family:
//
//   - FreeOTP+: a JSON object with tokens, never locked.
//   - FreeOTP 2: externalBackup.xml, which is no XML but a serialised Java map;
//     each secret is wrapped with a master key, and that with the password
//     (PBKDF2 and AES-GCM).
//   - FreeOTP 1: tokens.xml, Android preferences with one JSON text per token.
//
// The three write HOTP counters alike: the counter of the next code that the
// application would show, which is what an Entry holds. An issuer called
// "Steam" makes the family compute Steam Guard codes, and does so here.
//
// It refuses any Java object but a HashMap of strings: nothing is ever
// instantiated from what the file names.
//
// Verified against real files: FreeOTP+ and FreeOTP 2. From the description:
// FreeOTP 1. Java Object Serialization Specification, chapter 6.
package freeotp

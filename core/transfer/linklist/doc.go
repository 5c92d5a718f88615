// Package linklist reads and writes plain lists of otpauth links, one to a
// line, which Ente Auth, Stratum, Aegis, FreeOTP+ and others export, and the
// links on a printed page: Stratum's HTML backup and the sheet that
// core/transfer/sheet writes.
//
// What Ente Auth adds to its links (pin, tags, note, trash) is taken over.
//
// It refuses to look for links in other text: the file is a list or a page of
// them, or it is not this format.
//
// Verified against real files: lists of Stratum and Ente, Stratum's page.
package linklist

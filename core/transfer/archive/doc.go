// Package archive opens the ZIP files that several applications export: plain,
// with the traditional PKWARE cipher, or with WinZip's AES. It gives one named
// file at a time, within a bound.
//
// The traditional cipher is broken and checks a password with one byte; what
// is behind it is held against its checksum, and text that was readable up to
// a point tells damage from a wrong password.
//
// It refuses to write archives, and to unpack more than it is asked for.
//
// Standards: PKWARE APPNOTE.TXT 6.3 (sections 6.1 and 4), WinZip AE-1 and AE-2.
package archive

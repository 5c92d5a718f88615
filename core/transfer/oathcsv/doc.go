// Package oathcsv reads the lists in which makers of hardware authenticators
// deliver secrets as comma-separated values. Two are in use:
//
//   - With a heading, as Entra takes them: upn, serial number, secret key
//     (base32), time interval, manufacturer, model; some add hash function.
//   - Without, as LinOTP and privacyIDEA take them: serial, key (hexadecimal),
//     hotp or totp, digits, and for totp the period.
//
// It refuses lists in any other order rather than guess which column is the key.
//
// The server imports this package and core/transfer/pskc, and no other format.
// From the descriptions of those products; no real file was at hand.
// Standard: RFC 4180.
package oathcsv

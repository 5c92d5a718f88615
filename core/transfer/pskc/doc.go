// Package pskc reads Portable Symmetric Key Containers (RFC 6030), in which
// makers of hardware authenticators deliver their secrets: plain, under a
// pre-shared AES key, or under a passphrase (PBKDF2), with a MAC over each.
//
// A password of 32, 48 or 64 hexadecimal digits is taken for the pre-shared
// key where the container asks for one.
//
// It refuses containers that are signed without being able to check the
// signature (it says so), and keys for anything but HOTP and TOTP in decimal.
//
// The server imports this package and core/transfer/oathcsv, and no other
// format. Verified against the examples of RFC 6030 (figures 2, 6 and 7).
package pskc

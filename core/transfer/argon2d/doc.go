// Package argon2d derives keys with Argon2d, version 1.3 (RFC 9106), for
// opening the KeePass databases that use it.
//
// It owns nothing else: golang.org/x/crypto/argon2 has the other two kinds, and
// Argon2d, whose memory accesses depend on the password, is not for anything
// that this project writes itself. Costs are the caller's to bound.
package argon2d

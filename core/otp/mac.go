package otp

import (
	"crypto/fips140"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// RFC 2104 §2's pads, as long as the longest block.
var (
	ipad = strings.Repeat("\x36", sha512.BlockSize)
	opad = strings.Repeat("\x5c", sha512.BlockSize)
)

// mac is HMAC (RFC 2104) over one 8-byte counter. It is written out because
// crypto/hmac costs seven allocations and two thirds more time for a message
// this short, and a server matches three of them for every typed code.
// TestMacIsHMAC holds it to crypto/hmac.
type mac struct {
	algorithm countersign.Algorithm
	inner     [sha512.BlockSize + 8]byte           // key ⊕ ipad ‖ counter
	outer     [sha512.BlockSize + sha512.Size]byte // key ⊕ opad ‖ inner digest
	digest    [sha512.Size]byte
}

// key must be called before sum. An algorithm that is none of the three is
// the caller's to refuse before.
func (m *mac) key(algorithm countersign.Algorithm, secret []byte) {
	m.algorithm = algorithm
	block := m.blockSize()
	if len(secret) > block {
		secret = m.hash(secret) // RFC 2104 §2: longer keys are hashed first
	}
	copy(m.inner[:block], ipad)
	copy(m.outer[:block], opad)
	subtle.XORBytes(m.inner[:], m.inner[:len(secret)], secret)
	subtle.XORBytes(m.outer[:], m.outer[:len(secret)], secret)
}

// sum is the digest of one counter; it stays valid until the next call.
func (m *mac) sum(counter uint64) []byte {
	block := m.blockSize()
	binary.BigEndian.PutUint64(m.inner[block:], counter) // RFC 4226 §5.2
	n := copy(m.outer[block:], m.hash(m.inner[:block+8]))
	return m.hash(m.outer[:block+n])
}

func (m *mac) blockSize() int {
	if m.algorithm == countersign.SHA512 {
		return sha512.BlockSize
	}
	return sha1.BlockSize // SHA-256's too
}

func (m *mac) hash(b []byte) []byte {
	switch m.algorithm {
	case countersign.SHA256:
		sum := sha256.Sum256(b)
		return m.digest[:copy(m.digest[:], sum[:])]
	case countersign.SHA512:
		sum := sha512.Sum512(b)
		return m.digest[:copy(m.digest[:], sum[:])]
	}
	if fips140.Enforced() {
		m.digest20(b)
	} else {
		sum := sha1.Sum(b)
		copy(m.digest[:], sum[:])
	}
	return m.digest[:sha1.Size]
}

// digest20 is SHA-1 where only FIPS 140-3 approved algorithms may run: what
// SHA-1's broken collision resistance means for signatures it does not mean
// for HMAC (RFC 6194 §3.3), and nearly every site's seed is for HMAC-SHA-1.
func (m *mac) digest20(b []byte) {
	message := append([]byte(nil), b...)
	var sum [sha1.Size]byte
	fips140.WithoutEnforcement(func() { sum = sha1.Sum(message) })
	copy(m.digest[:], sum[:])
}

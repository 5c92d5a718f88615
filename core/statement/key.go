package statement

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// PointLength is 0x04 ‖ X ‖ Y (SEC 1 §2.3.3).
const PointLength = 65

// PointOf is the point of a key as it is stored and hashed.
func PointOf(key *ecdsa.PublicKey) ([]byte, error) {
	if key.Curve != elliptic.P256() {
		return nil, errKeyNotP256
	}
	point, err := key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("statement: key: %w", err)
	}
	return point, nil
}

// EncodePoint spells a point as it travels.
func EncodePoint(point []byte) string { return EncodeBytes(point) }

// ParsePoint reads a point as it travels. A point off the curve is refused
// here, before anything is stored under it.
func ParsePoint(wire string) ([]byte, error) {
	point, err := ParseBytes(wire)
	if err != nil {
		return nil, err
	}
	if err := CheckPoint(point); err != nil {
		return nil, err
	}
	return point, nil
}

// CheckPoint refuses what is not the uncompressed form of a point on P-256.
func CheckPoint(point []byte) error {
	if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
		return fmt.Errorf("statement: not a point on P-256: %w", countersign.ErrMalformed)
	}
	return nil
}

// Thumbprint names a key: the hash of its 65-byte point, base64url.
func Thumbprint(point []byte) string { return Hash(point) }

// Hash is the base64url SHA-256 of b, as statements carry contexts and bodies.
func Hash(b []byte) string {
	digest := sha256.Sum256(b)
	return EncodeBytes(digest[:])
}

// EncodeBytes spells bytes as they travel: base64url without padding
// (RFC 4648 §5).
func EncodeBytes(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// ParseBytes reads what EncodeBytes spells and nothing else. Padding, line
// breaks (which encoding/base64 skips) and left-over bits are refused: one
// run of bytes has one spelling.
func ParseBytes(wire string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(wire)
	if err != nil || EncodeBytes(b) != wire {
		return nil, fmt.Errorf("statement: not base64url without padding: %w", countersign.ErrMalformed)
	}
	return b, nil
}

package countersign

import (
	"encoding/base32"
	"errors"
)

// ErrBadID is returned for text that is no identifier of ours.
var ErrBadID = errors.New("countersign: not an identifier")

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// IDLength is the number of characters of an identifier: 128 bits in base32.
const IDLength = 26

// IDOf spells 16 random bytes as an identifier. The caller draws the bytes.
func IDOf(random [16]byte) string { return idEncoding.EncodeToString(random[:]) }

// CheckID refuses what IDOf cannot have spelled.
func CheckID(s string) error {
	if len(s) != IDLength {
		return ErrBadID
	}
	b, err := idEncoding.DecodeString(s)
	if err != nil {
		return ErrBadID
	}
	// Two bits are left over in the last character: only one spelling counts.
	if idEncoding.EncodeToString(b) != s {
		return ErrBadID
	}
	return nil
}

package foreign

import (
	"encoding/base32"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// Base32 reads a secret as people and applications write it: RFC 4648, either
// case, spaces and hyphens anywhere, padding at the end or none. A length that
// RFC 4648 cannot produce is refused: a character is missing or too many.
// Unused bits in the last character carry nothing and are not looked at, as in
// every application that wrote these files.
func Base32(text string) (countersign.Secret, error) {
	return decodeBase32(text, false)
}

// Base32LooseEnd is Base32 for applications that pass over a last character
// that does not fill a byte, and make working codes from the rest.
func Base32LooseEnd(text string) (countersign.Secret, error) {
	return decodeBase32(text, true)
}

var unspaced = strings.NewReplacer(" ", "", "-", "")

func decodeBase32(text string, looseEnd bool) (countersign.Secret, error) {
	text = strings.ToUpper(unspaced.Replace(strings.TrimSpace(text)))
	text = strings.TrimRight(text, "=")
	if text == "" {
		return countersign.Secret{}, Refused("secret-missing", "It has no secret, so it cannot make codes.")
	}
	switch len(text) % 8 {
	case 1, 3, 6:
		if !looseEnd {
			return countersign.Secret{}, Refused("secret-not-base32", "Its secret has a length that base32 does not have: a character is missing or too many.")
		}
		text = text[:len(text)-1]
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(raw) == 0 {
		// The secret itself stays out of the reason: refusals are shown and logged.
		return countersign.Secret{}, Refused("secret-not-base32", "Its secret is not base32: it has characters other than A to Z and 2 to 7.")
	}
	return countersign.NewSecret(raw), nil
}

// EncodeBase32 writes a secret as other applications read it: upper case,
// without padding.
func EncodeBase32(s countersign.Secret) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.Reveal())
}

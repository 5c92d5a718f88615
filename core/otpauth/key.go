package otpauth

import (
	"encoding/base32"
	"encoding/hex"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

var (
	spacing  = strings.NewReplacer(" ", "", "-", "")
	alphabet = base32.StdEncoding.WithPadding(base32.NoPadding)
)

// parseKey reads base32 as sites show it (RFC 4648 §6).
func parseKey(text string) ([]byte, error) {
	text = strings.TrimRight(upper(spacing.Replace(text)), "=")
	if text == "" {
		return nil, refuse(SecretMissing)
	}
	for _, r := range text {
		if !('A' <= r && r <= 'Z' || '2' <= r && r <= '7') {
			return nil, refuse(SecretCharacters)
		}
	}
	// Eight characters hold five bytes; one, three or six left over hold no
	// whole number of bytes: something was lost on the way.
	switch len(text) % 8 {
	case 1, 3, 6:
		return nil, refuse(SecretLength)
	}
	key, err := alphabet.DecodeString(text)
	if err != nil {
		return nil, refuse(SecretCharacters)
	}
	return key, nil
}

// parseHexKey reads an mOTP key. Its codes are made of the text itself, so
// capital letters would make other codes on some phones than on others.
func parseHexKey(text string) ([]byte, error) {
	text = spacing.Replace(text)
	if text == "" {
		return nil, refuse(SecretMissing)
	}
	if strings.Trim(text, "0123456789abcdef") != "" {
		return nil, refuse(SecretCharacters)
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, refuse(SecretLength)
	}
	return key, nil
}

// parsePIN reads the PIN that some apps write into links. For mOTP it is the
// text. For Yandex, whose PINs are digits, Aegis writes base32 and others
// write the digits: base32 of digits begins with G, so the two cannot be
// mistaken for each other. false leaves the PIN to be asked for.
func parsePIN(t countersign.EntryType, text string) ([]byte, bool) {
	if t == countersign.MOTP {
		return []byte(text), text != "" && !hides(text)
	}
	if isDigits(text) {
		return []byte(text), true
	}
	pin, err := parseKey(text)
	return pin, err == nil && isDigits(string(pin))
}

func formatPIN(e countersign.Entry) (string, error) {
	pin := string(e.PIN.Reveal())
	if e.Type == countersign.MOTP {
		if !isText(pin) {
			return "", refuse(PIN)
		}
		return encode(pin), nil
	}
	if !isDigits(pin) {
		return "", refuse(PIN)
	}
	return alphabet.EncodeToString([]byte(pin)), nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

package otpauth

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// Marshal writes an entry as a link: type, names, key, PIN, and how codes are
// made. The rest of an entry (note, tags, picture) has no place in a link.
// What it refuses is a *Refusal; what it writes, Parse reads as the same
// account, and Marshal then writes the same bytes.
func Marshal(e countersign.Entry) (string, error) {
	if e.Secret.Len() == 0 {
		return "", refuse(SecretMissing)
	}
	if err := refusalOf(e.Check()); err != nil {
		return "", err
	}
	issuer, account := trim(e.Issuer), trim(e.Label)
	if !isText(issuer) || !isText(account) {
		return "", refuse(Hidden)
	}
	var b strings.Builder
	b.WriteString(place(e.Type))
	b.WriteString(formatNames(issuer, account))
	b.WriteString("?secret=")
	if e.Type == countersign.MOTP {
		b.WriteString(hex.EncodeToString(e.Secret.Reveal()))
	} else {
		b.WriteString(alphabet.EncodeToString(e.Secret.Reveal()))
	}
	if issuer != "" {
		b.WriteString("&issuer=" + encode(issuer))
	}
	b.WriteString(formatShape(e))
	if (e.Type == countersign.MOTP || e.Type == countersign.Yandex) && e.PIN.Len() > 0 {
		pin, err := formatPIN(e)
		if err != nil {
			return "", err
		}
		b.WriteString("&pin=" + pin)
	}
	if b.Len() > MaxLength {
		return "", refuse(TooLong)
	}
	return b.String(), nil
}

func place(t countersign.EntryType) string {
	switch t {
	case countersign.HOTP:
		return "otpauth://hotp/"
	case countersign.Steam:
		return "otpauth://steam/"
	case countersign.Yandex:
		return "otpauth://yaotp/"
	case countersign.MOTP:
		return "motp://"
	}
	return "otpauth://totp/"
}

// formatShape writes what is usual as well: a reader with other defaults makes
// other codes. Only motp links, whose readers know nothing but a key, say no
// more than they must.
func formatShape(e countersign.Entry) string {
	digits, period := "&digits="+strconv.Itoa(e.Digits), "&period="+strconv.Itoa(e.Period)
	switch e.Type {
	case countersign.MOTP:
		shape, _ := countersign.ShapeOf(e.Type)
		if e.Digits == shape.Digits {
			digits = ""
		}
		if e.Period == shape.Period {
			period = ""
		}
		return digits + period
	case countersign.HOTP:
		period = "&counter=" + strconv.FormatUint(e.Counter, 10)
	}
	return "&algorithm=" + string(e.Algorithm) + digits + period
}

func isText(s string) bool { return utf8.ValidString(s) && !hides(s) }

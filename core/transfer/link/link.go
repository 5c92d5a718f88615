package link

import (
	"errors"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Parse reads a link.
func Parse(text string) (countersign.Entry, error) {
	parsed, err := otpauth.Parse(strings.TrimSpace(text))
	if err != nil {
		return countersign.Entry{}, Refusal(err)
	}
	return parsed.Entry, nil
}

// ParseLoose reads what password stores accept where a link belongs: a link,
// steam:// with a key, or a key alone, which means TOTP with the usual
// settings. Names that the text does not have are the caller's, from around it.
func ParseLoose(text, issuer, label string) (countersign.Entry, error) {
	text = strings.TrimSpace(text)
	e, err := parseLoose(text)
	if err != nil {
		return countersign.Entry{Issuer: issuer, Label: label}, err
	}
	// A title that only repeats the label says nothing of the issuer.
	if e.Issuer == "" && issuer != e.Label {
		e.Issuer = issuer
	}
	if e.Label == "" && issuer == e.Issuer {
		e.Label = label
	}
	return e, nil
}

func parseLoose(text string) (countersign.Entry, error) {
	if key, found := cutFold(text, "steam://"); found {
		secret, err := foreign.Base32(key)
		return usual(countersign.Steam, secret), err
	}
	if strings.Contains(text, ":") {
		return Parse(text)
	}
	secret, err := foreign.Base32(text)
	return usual(countersign.TOTP, secret), err
}

func usual(t countersign.EntryType, secret countersign.Secret) countersign.Entry {
	shape, _ := countersign.ShapeOf(t)
	return countersign.Entry{Type: t, Secret: secret, Algorithm: shape.Algorithm, Digits: shape.Digits, Period: shape.Period}
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// Refusal puts a refusal of core/otpauth into the form that a reading has.
func Refusal(err error) error {
	var refused *otpauth.Refusal
	if errors.As(err, &refused) {
		return &foreign.EntryError{Code: "link-" + string(refused.Code), Reason: refused.Sentence()}
	}
	return foreign.Refused("link-unreadable", "Its link cannot be read.")
}

// Name is what a refused link may be called: its label as far as it can be
// read, never any of its parameters, where the key is.
func Name(text string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(text), "://")
	place, _, _ := strings.Cut(rest, "?")
	switch strings.ToLower(scheme) {
	case "otpauth":
		_, place, _ = strings.Cut(place, "/")
	case "motp":
	default:
		return "" // steam:// has the key where others have the name
	}
	for i := 0; i+2 < len(place); i++ {
		if place[i] == '%' && strings.EqualFold(place[i:i+3], "%3A") {
			place = place[:i] + ": " + place[i+3:]
		}
	}
	if len(place) > 100 {
		place = place[:100]
	}
	return strings.ToValidUTF8(place, "")
}

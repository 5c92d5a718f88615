package username

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// MostBytes caps a name before anything is computed over it: long input has
// bypassed checks elsewhere (Okta 2024).
const MostBytes = 128

// ErrBad is returned for a text that cannot be a name.
var ErrBad = errors.New("username: not a name")

// Canonical is the one spelling of typed, or ErrBad.
func Canonical(typed string) (string, error) {
	if len(typed) > MostBytes || !utf8.ValidString(typed) {
		return "", ErrBad
	}
	typed = strings.Trim(typed, " \t\r\n")
	if typed == "" {
		return "", ErrBad
	}
	// NFKC first: the profile maps width only, and a compatibility twin
	// ("ﬁ" for "fi") would be a second account that reads the same.
	name, err := precis.UsernameCaseMapped.String(norm.NFKC.String(typed))
	if err != nil || name == "" || len(name) > MostBytes {
		return "", ErrBad
	}
	for _, r := range name {
		if r == '/' || r == '|' || r == ',' || r == '<' || r == '>' {
			return "", ErrBad // separators of our own addresses and listings
		}
	}
	return name, nil
}

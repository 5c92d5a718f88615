package foreign

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

const (
	// maxName bounds issuer and label: the longest honest label is an e-mail
	// address (320 bytes); a name of pages is an attack on the list it is shown in.
	maxName = 1024

	// maxSecret is twice the largest HMAC block; no service issues more.
	maxSecret = 256
)

// Check says why an entry cannot be kept exactly as it stands, or nil.
func Check(e countersign.Entry) error {
	if err := checkNames(e); err != nil {
		return err
	}
	if e.Secret.Len() == 0 {
		return Refused("secret-missing", "It has no secret, so it cannot make codes.")
	}
	if e.Secret.Len() > maxSecret {
		return Refused("secret-too-long", "Its secret is %d bytes long; at most %d are kept.", e.Secret.Len(), maxSecret)
	}
	return shapeRefusal(e, e.Check())
}

// shapeRefusal puts what floor 0 finds into words, with what the entry says.
func shapeRefusal(e countersign.Entry, err error) error {
	shape, _ := countersign.ShapeOf(e.Type)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, countersign.ErrEntryType):
		return Refused("type-unknown", "It makes codes in a way that is not known here (%q).", string(e.Type))
	case errors.Is(err, countersign.ErrEntryAlgorithm):
		return Refused("algorithm-unknown", "It uses the hash %q, which its kind of code does not have.", string(e.Algorithm))
	case errors.Is(err, countersign.ErrEntryDigits) && shape.Fixed:
		return Refused("digits-out-of-range", "Its codes have %d characters; its kind of code has %d.", e.Digits, shape.Digits)
	case errors.Is(err, countersign.ErrEntryDigits):
		return Refused("digits-out-of-range", "Its codes have %d digits; 5 to 10 are possible.", e.Digits)
	case errors.Is(err, countersign.ErrEntryPeriod) && shape.Fixed:
		return Refused("period-out-of-range", "Its codes change every %d seconds; its kind of code does so every %d.", e.Period, shape.Period)
	case errors.Is(err, countersign.ErrEntryPeriod):
		return Refused("period-out-of-range", "Its codes change every %d seconds; 1 to 300 are possible.", e.Period)
	case errors.Is(err, countersign.ErrEntryCounter):
		return Refused("counter-out-of-range", "Its counter is larger than any counter that can be kept exactly.")
	case errors.Is(err, countersign.ErrEntrySecret):
		return Refused("secret-not-of-type", "Its secret is not one that its kind of code can have.")
	}
	return Refused("entry-malformed", "It cannot make codes as it stands.")
}

func checkNames(e countersign.Entry) error {
	for _, name := range append([]string{e.Issuer, e.Label}, e.Tags...) {
		if len(name) > maxName {
			return Refused("name-too-long", "Its name is %d bytes long; at most %d are kept.", len(name), maxName)
		}
		if hides(name) {
			return Refused("name-hides", "Its name has invisible characters, which can make one name look like another.")
		}
	}
	for _, text := range append([]string{e.Issuer, e.Label, e.Note}, e.Tags...) {
		// The replacement character stands where a decoder met bytes that are
		// no text: the name would come out changed.
		if !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) {
			return Refused("name-unreadable", "Its name, note or group has characters that cannot be read.")
		}
	}
	return nil
}

// hides reports characters that are not seen where they stand: controls, line
// separators, and those that turn the direction of text (as core/otpauth).
func hides(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

// Hash reads the name of a hash. An empty name is SHA-1, the default of every
// format that may leave it out.
func Hash(name string) (countersign.Algorithm, error) {
	switch strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(name)) {
	case "", "SHA1", "HMACSHA1":
		return countersign.SHA1, nil
	case "SHA256", "HMACSHA256":
		return countersign.SHA256, nil
	case "SHA512", "HMACSHA512":
		return countersign.SHA512, nil
	case "MD5", "HMACMD5":
		return countersign.MD5, nil
	}
	return "", Refused("algorithm-unknown", "It uses the hash %q, which is not known here.", name)
}

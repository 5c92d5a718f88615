package otpauth

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// MaxLength is the number of characters of the longest text in a QR code
// (ISO/IEC 18004, version 40-L); no site shows a longer link.
const MaxLength = 4296

// Link is what a link says.
type Link struct {
	Entry   countersign.Entry // without ID and Created
	Dropped []string          // parameters that were left out, by name
}

// Parse reads a link. What it refuses is a *Refusal.
func Parse(text string) (Link, error) {
	if len(text) > MaxLength {
		return Link{}, refuse(TooLong)
	}
	if !utf8.ValidString(text) {
		return Link{}, refuse(Encoding)
	}
	scheme, rest := splitScheme(text)
	if scheme != otpauthScheme && scheme != motpScheme {
		return Link{}, refuse(strangers(scheme, rest))
	}
	if hides(text) {
		return Link{}, refuse(Hidden)
	}
	if strings.Contains(text, "#") {
		return Link{}, refuse(Fragment)
	}
	place, parameters, _ := strings.Cut(rest, "?")
	kind, label, err := splitPlace(scheme, place)
	if err != nil {
		return Link{}, err
	}
	q, err := parseQuery(parameters)
	if err != nil {
		return Link{}, err
	}
	e, err := parseEntry(kind, &q)
	if err != nil {
		return Link{}, err
	}
	e.Issuer, e.Label = q.names(label)
	dropped, err := q.dropped()
	if err != nil {
		return Link{}, err
	}
	// What cannot be written again is not taken over: a name with hidden
	// characters or of thousands of letters would be shown, and then lost on
	// the way to the next phone.
	if _, err := Marshal(e); err != nil {
		return Link{}, err
	}
	return Link{Entry: e, Dropped: dropped}, nil
}

// splitPlace finds type and label between the scheme and the parameters.
func splitPlace(scheme, place string) (kind countersign.EntryType, label string, err error) {
	if scheme == motpScheme {
		// multiOTP writes motp://, Aegis motp:/.
		for range 3 {
			place = strings.TrimPrefix(place, "/")
		}
		label, err = decode(place)
		return countersign.MOTP, label, err
	}
	place, found := strings.CutPrefix(place, "//")
	if !found {
		return "", "", refuse(Type)
	}
	host, label, _ := strings.Cut(place, "/")
	switch lower(host) {
	case "totp":
		kind = countersign.TOTP
	case "hotp":
		kind = countersign.HOTP
	case "steam":
		kind = countersign.Steam
	case "yaotp":
		kind = countersign.Yandex
	default:
		return "", "", refuse(Type)
	}
	label, err = decode(label)
	return kind, label, err
}

func (q *query) names(label string) (issuer, account string) {
	var issuers []string
	if value, found := q.take("issuer"); found {
		issuers = []string{value, q.literal}
	}
	return parseNames(label, issuers...)
}

func parseEntry(kind countersign.EntryType, q *query) (countersign.Entry, error) {
	if (kind == countersign.TOTP || kind == countersign.Steam) && lower(q.values["encoder"]) == "steam" { // KeePassXC
		kind = countersign.Steam
		q.take("encoder")
	}
	shape, _ := countersign.ShapeOf(kind)
	e := countersign.Entry{Type: kind, Algorithm: shape.Algorithm, Digits: shape.Digits, Period: shape.Period}
	secret, _ := q.take("secret")
	read := parseKey
	if kind == countersign.MOTP {
		read = parseHexKey
	}
	key, err := read(secret)
	if err != nil {
		return countersign.Entry{}, err
	}
	e.Secret = countersign.NewSecret(key)
	if name, found := q.take("algorithm"); found {
		e.Algorithm = parseAlgorithm(name)
	}
	if e.Digits, err = q.number("digits", e.Digits, Digits); err != nil {
		return countersign.Entry{}, err
	}
	if kind == countersign.HOTP {
		counter, found := q.take("counter")
		if !found {
			return countersign.Entry{}, refuse(CounterMissing)
		}
		if e.Counter, err = parseCounter(counter); err != nil {
			return countersign.Entry{}, err
		}
	} else if e.Period, err = q.number("period", e.Period, Period); err != nil {
		return countersign.Entry{}, err
	}
	if kind == countersign.MOTP || kind == countersign.Yandex {
		// A PIN that cannot be read stays among the dropped and is asked for.
		if pin, ok := parsePIN(kind, q.values["pin"]); ok {
			q.take("pin")
			e.PIN = countersign.NewSecret(pin)
		}
	}
	return e, refusalOf(e.Check())
}

// refusalOf gives the faults of entries their codes here.
func refusalOf(err error) error {
	for _, fault := range []struct {
		err  error
		code Code
	}{
		{countersign.ErrEntryType, Type},
		{countersign.ErrEntryAlgorithm, Algorithm},
		{countersign.ErrEntryDigits, Digits},
		{countersign.ErrEntryPeriod, Period},
		{countersign.ErrEntryCounter, Counter},
		{countersign.ErrEntrySecret, SecretDamaged},
	} {
		if errors.Is(err, fault.err) {
			return refuse(fault.code)
		}
	}
	return err
}

// parseAlgorithm knows the spellings that are in use. A word that is none
// stays as it is, for Check to refuse.
func parseAlgorithm(name string) countersign.Algorithm {
	switch word := strings.TrimPrefix(strings.NewReplacer("-", "", "_", "").Replace(upper(name)), "HMAC"); word {
	case "SHA1", "SHA256", "SHA512", "MD5":
		return countersign.Algorithm(word)
	}
	return ""
}

func (q *query) number(name string, absent int, c Code) (int, error) {
	text, found := q.take(name)
	if !found {
		return absent, nil
	}
	n, ok := parseNumber(text)
	if !ok || n > 1<<31-1 {
		return 0, refuse(c)
	}
	return int(n), nil
}

func parseCounter(text string) (uint64, error) {
	n, ok := parseNumber(text)
	if !ok || n > countersign.MaxCounter {
		return 0, refuse(Counter)
	}
	return n, nil
}

// parseNumber reads plain decimal: no sign, no space, no leading zero, which
// some readers take for octal.
func parseNumber(text string) (uint64, bool) {
	if !isDigits(text) || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil
}

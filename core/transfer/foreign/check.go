package foreign

import (
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

const (
	minDigits, maxDigits = 5, 10
	minPeriod, maxPeriod = 1, 300

	// maxName bounds issuer and label: the longest honest label is an e-mail
	// address (320 bytes); a name of pages is an attack on the list it is shown in.
	maxName = 1024

	// maxSecret is twice the largest HMAC block; no service issues more.
	maxSecret = 256

	// A Yandex.Key secret is 16 bytes from a QR code, or 26 with its checksum
	// when typed; no other length makes codes.
	yandexKey, yandexFull = 16, 26

	// maxCounter is the largest integer that JSON and the phone keep exactly.
	maxCounter = 1<<53 - 1
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
	switch e.Type {
	case countersign.TOTP:
		if e.Period < minPeriod || e.Period > maxPeriod {
			return Refused("period-out-of-range", "Its codes change every %d seconds; 1 to 300 are possible.", e.Period)
		}
		return checkHash(e)
	case countersign.HOTP:
		if e.Counter > maxCounter {
			return Refused("counter-out-of-range", "Its counter is larger than any counter that can be kept exactly.")
		}
		return checkHash(e)
	case countersign.Steam:
		return checkFixed(e, "Steam Guard", countersign.SHA1, 5, 30)
	case countersign.MOTP:
		if e.Algorithm != countersign.MD5 {
			return Refused("algorithm-unknown", "Mobile-OTP codes use MD5; this entry says %s.", e.Algorithm)
		}
		if e.Period < minPeriod || e.Period > maxPeriod {
			return Refused("period-out-of-range", "Its codes change every %d seconds; 1 to 300 are possible.", e.Period)
		}
		return checkDigits(e)
	case countersign.Yandex:
		if n := e.Secret.Len(); n != yandexKey && n != yandexFull {
			return Refused("secret-not-of-type", "Its secret is %d bytes long; Yandex.Key has %d or %d.", n, yandexKey, yandexFull)
		}
		return checkFixed(e, "Yandex.Key", countersign.SHA256, 8, 30)
	}
	return Refused("type-unknown", "It makes codes in a way that is not known here (%q).", string(e.Type))
}

func checkNames(e countersign.Entry) error {
	for _, name := range []string{e.Issuer, e.Label} {
		if len(name) > maxName {
			return Refused("name-too-long", "Its name is %d bytes long; at most %d are kept.", len(name), maxName)
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

func checkDigits(e countersign.Entry) error {
	if e.Digits < minDigits || e.Digits > maxDigits {
		return Refused("digits-out-of-range", "Its codes have %d digits; 5 to 10 are possible.", e.Digits)
	}
	return nil
}

func checkHash(e countersign.Entry) error {
	switch e.Algorithm {
	case countersign.SHA1, countersign.SHA256, countersign.SHA512:
		return checkDigits(e)
	}
	return Refused("algorithm-unknown", "It uses the hash %q, which is not known here.", string(e.Algorithm))
}

// checkFixed holds the kinds that have no choices to the one form they have.
func checkFixed(e countersign.Entry, kind string, hash countersign.Algorithm, digits, period int) error {
	if e.Algorithm != hash || e.Digits != digits || e.Period != period {
		return Refused("parameters-not-of-type", "%s codes have %d characters, change every %d seconds and use %s; this entry says %d, %d and %s.",
			kind, digits, period, hash, e.Digits, e.Period, e.Algorithm)
	}
	return nil
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

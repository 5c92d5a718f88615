package keepass

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// account finds the one-time password settings of an entry, in the order in
// which the programs of the family look for them. isAccount is false for the
// many entries that have none.
func (r record) account() (e countersign.Entry, isAccount bool, err error) {
	title, user := r.fields["Title"], r.fields["UserName"]
	named := func(e countersign.Entry, err error) (countersign.Entry, bool, error) {
		if e.Issuer == "" && e.Label == "" {
			e.Issuer, e.Label = title, user
		}
		return e, true, err
	}
	if text := strings.TrimSpace(r.fields["otp"]); text != "" {
		if strings.Contains(text, "key=") && !strings.Contains(text, "://") {
			return named(keeOTP(text))
		}
		e, err := link.ParseLoose(text, title, user)
		return e, true, err
	}
	if r.has("TimeOtp-Secret") {
		return named(r.timeOTP())
	}
	if r.has("HmacOtp-Secret") {
		return named(r.hmacOTP())
	}
	if text := strings.TrimSpace(r.fields["TOTP Seed"]); text != "" {
		return named(trayTOTP(text, r.fields["TOTP Settings"]))
	}
	return countersign.Entry{}, false, nil
}

// spellings are the ways in which KeePass keeps a secret, by field name.
var spellings = []struct {
	suffix string
	decode func(string) ([]byte, error)
}{
	{"", func(s string) ([]byte, error) { return []byte(s), nil }}, // text as it is
	{"-Hex", hex.DecodeString},
	{"-Base32", func(s string) ([]byte, error) {
		secret, err := foreign.Base32(s)
		return secret.Reveal(), err
	}},
	{"-Base64", base64.StdEncoding.DecodeString},
}

func (r record) has(prefix string) bool {
	for _, s := range spellings {
		if strings.TrimSpace(r.fields[prefix+s.suffix]) != "" {
			return true
		}
	}
	return false
}

func (r record) secret(prefix string) (countersign.Secret, error) {
	var out countersign.Secret
	for _, s := range spellings {
		text := strings.TrimSpace(r.fields[prefix+s.suffix])
		if text == "" {
			continue
		}
		if out.Len() > 0 {
			return countersign.Secret{}, foreign.Refused("secret-twice", "It has two secrets, so it is unclear which one counts.")
		}
		raw, err := s.decode(text)
		if err != nil {
			return countersign.Secret{}, foreign.Refused("secret-unreadable", "Its secret is not written as its field's name says.")
		}
		out = countersign.NewSecret(raw)
	}
	return out, nil
}

// timeOTP reads KeePass' own fields (2.47 and later).
func (r record) timeOTP() (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP}
	var err error
	if e.Secret, err = r.secret("TimeOtp-Secret"); err != nil {
		return e, err
	}
	if e.Algorithm, err = foreign.Hash(r.fields["TimeOtp-Algorithm"]); err != nil {
		return e, err
	}
	if e.Digits, err = number(r.fields["TimeOtp-Length"], 6); err != nil {
		return e, err
	}
	e.Period, err = number(r.fields["TimeOtp-Period"], 30)
	return e, err
}

func (r record) hmacOTP() (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.HOTP, Algorithm: countersign.SHA1, Digits: 6}
	var err error
	if e.Secret, err = r.secret("HmacOtp-Secret"); err != nil {
		return e, err
	}
	counter := strings.TrimSpace(r.fields["HmacOtp-Counter"])
	if counter == "" {
		return e, nil // KeePass begins at zero
	}
	if e.Counter, err = strconv.ParseUint(counter, 10, 64); err != nil {
		return e, foreign.Refused("counter-out-of-range", "Its counter is not a number that a counter can have.")
	}
	return e, nil
}

// keeOTP reads the KeeOtp plugin's "key=…&size=6&step=30".
func keeOTP(text string) (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP}
	values, err := url.ParseQuery(text)
	if err != nil {
		return e, foreign.Refused("entry-unreadable", "Its one-time password field cannot be read.")
	}
	for name, all := range values {
		if len(all) > 1 {
			return e, foreign.Refused("entry-unreadable", "Its one-time password field says something twice.")
		}
		switch strings.ToLower(name) {
		case "key", "size", "step", "otphashmode", "counter":
		case "type":
			if !strings.EqualFold(all[0], "totp") {
				return e, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", all[0])
			}
		case "encoding":
			if !strings.EqualFold(all[0], "base32") {
				return e, foreign.Refused("secret-unreadable", "Its secret is written in a way that is not known here (%q).", all[0])
			}
		default:
			return e, foreign.Refused("entry-unreadable", "Its one-time password field has a setting that is not known here.")
		}
	}
	get := func(name string) string {
		for candidate, all := range values {
			if strings.EqualFold(candidate, name) {
				return all[0]
			}
		}
		return ""
	}
	if e.Secret, err = foreign.Base32(get("key")); err != nil {
		return e, err
	}
	if e.Algorithm, err = foreign.Hash(get("otphashmode")); err != nil {
		return e, err
	}
	if e.Digits, err = number(get("size"), 6); err != nil {
		return e, err
	}
	e.Period, err = number(get("step"), 30)
	return e, err
}

// trayTOTP reads the TrayTOTP plugin's settings: "period;digits" or "period;S".
func trayTOTP(seed, settings string) (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP, Algorithm: countersign.SHA1, Digits: 6, Period: 30}
	var err error
	if e.Secret, err = foreign.Base32(seed); err != nil {
		return e, err
	}
	settings = strings.TrimSpace(settings)
	if settings == "" {
		return e, nil
	}
	// A third part is the address of a clock; it does not change the codes.
	parts := strings.SplitN(settings, ";", 3)
	if e.Period, err = number(parts[0], 30); err != nil {
		return e, err
	}
	if len(parts) < 2 {
		return e, nil
	}
	if parts[1] == "S" {
		e.Type, e.Digits = countersign.Steam, 5
		return e, nil
	}
	e.Digits, err = number(parts[1], 6)
	return e, err
}

func number(text string, absent int) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, foreign.Refused("entry-unreadable", "One of its settings is not a number.")
	}
	return n, nil
}

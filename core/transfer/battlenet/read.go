package battlenet

import (
	"context"
	"encoding/hex"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the app's preferences.
func Format() foreign.Format {
	return foreign.Format{Name: "battlenet", Title: "Battle.net", Recognise: recognise, Read: read}
}

const (
	serialKey = "com.blizzard.messenger.AUTHENTICATOR_SERIAL"
	secretKey = "com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET"

	issuer = "Battle.net"
)

// mask is laid over the texts; it is the same in every installation.
const mask = "\x39\x8e\x27\xfc\x50\x27\x6a\x65\x60\x65\xb0\xe5\x25\xf4\xc0\x6c\x04\xc6\x10\x75\x28\x6b\x8e\x7a\xed\xa5\x9d\xa9\x81\x3b" +
	"\x5d\xd6\xc8\x0d\x2f\xb3\x80\x68\x77\x3f\xa5\x9b\xa4\x7c\x17\xca\x6c\x64\x79\x01\x5c\x1d\x5b\x8b\x8f\x6b\x9a"

func recognise(f *foreign.File) foreign.Sight {
	if _, ok := f.Preferences(secretKey); ok {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(_ context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	preferences, _ := f.Preferences(secretKey)
	values := map[string]string{}
	for _, p := range preferences {
		values[p.Name] = p.Value
	}
	reading := foreign.NewReading("battlenet")
	reading.Keep(account(values[serialKey], values[secretKey]))
	progress(1, 1)
	return reading.Result, nil
}

func account(serial, secret string) (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP, Issuer: issuer, Algorithm: countersign.SHA1, Digits: 8, Period: 30}
	if serial != "" {
		label, ok := unmask(serial)
		if !ok {
			return e, foreign.Refused("entry-unreadable", "Its serial number is damaged.")
		}
		e.Label = label
	}
	text, ok := unmask(secret)
	if !ok {
		return e, foreign.Refused("secret-unreadable", "Its secret is damaged.")
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return e, foreign.Refused("secret-not-hex", "Its secret is not hexadecimal, as Battle.net's are.")
	}
	e.Secret = countersign.NewSecret(raw)
	return e, nil
}

func unmask(text string) (string, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) > len(mask) {
		return "", false
	}
	for i := range raw {
		raw[i] ^= mask[i]
	}
	return string(raw), true
}

package battlenet

import (
	"encoding/hex"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func masked(text string) string {
	raw := []byte(text)
	for i := range raw {
		raw[i] ^= mask[i]
	}
	return hex.EncodeToString(raw)
}

func file(serial, secret string) []byte {
	return []byte(`<?xml version="1.0"?><map><string name="` + serialKey + `">` + serial + `</string><string name="` + secretKey + `">` + secret + `</string></map>`)
}

func TestTheMaskIsTheApps(t *testing.T) {
	const want = "398e27fc50276a656065b0e525f4c06c04c61075286b8e7aeda59da9813b5dd6c80d2fb38068773fa59ba47c17ca6c6479015c1d5b8b8f6b9a"
	if got := hex.EncodeToString([]byte(mask)); got != want {
		t.Errorf("mask = %s, want %s", got, want)
	}
}

func TestMaskedTextsAreRead(t *testing.T) {
	got := foreigntest.Read(t, Format(), file(masked("EU-1234-5678-9012"), masked("3132333435363738393031323334353637383930")), "")
	foreigntest.Want(t, got, []string{"Battle.net|EU-1234-5678-9012 totp SHA1/8/30"}, nil)
	got = foreigntest.Read(t, Format(), file("", masked("not hexadecimal")), "")
	foreigntest.Want(t, got, nil, []string{"Battle.net: secret-not-hex"})
}

func FuzzRead(f *testing.F) {
	foreigntest.Fuzz(f, Format(), "", file(masked("EU"), masked("31323334")))
}

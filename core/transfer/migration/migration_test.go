package migration

import (
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func number(field, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, field<<3|wireVarint), value)
}

func text(field uint64, b []byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, field<<3|wireBytes), uint64(len(b))), b...)
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func link(message []byte) string {
	return Scheme + "://offline?data=" + base64.StdEncoding.EncodeToString(message)
}

var key = text(accountSecret, []byte("12345678901234567890"))

func TestAccountsAsGoogleWritesThem(t *testing.T) {
	for _, test := range []struct {
		claim   string
		account []byte
		want    string
		refused string
	}{
		{"all said", join(key, text(accountName, []byte("Example:alice")), text(accountIssuer, []byte("Example")), number(accountAlgorithm, sha512), number(accountDigits, eightDigits), number(accountType, totp)), "Example|alice totp SHA512/8/30", ""},
		{"nothing said means the usual", join(key, text(accountName, []byte("alice"))), "|alice totp SHA1/6/30", ""},
		{"issuer within the name alone", join(key, text(accountName, []byte("Example: alice")), number(accountType, totp)), "Example|alice totp SHA1/6/30", ""},
		{"HOTP keeps its counter", join(key, text(accountName, []byte("a")), number(accountType, hotp), number(accountCounter, 9)), "|a hotp SHA1/6/0 counter=9", ""},
		{"a field of the future", join(key, text(accountName, []byte("a")), text(9, []byte("id"))), "|a totp SHA1/6/30", ""},
		{"MD5", join(key, text(accountName, []byte("a")), number(accountAlgorithm, md5)), "", "a: algorithm-unknown"},
		{"digits of the future", join(key, text(accountName, []byte("a")), number(accountDigits, 3)), "", "a: digits-out-of-range"},
		{"a type of the future", join(key, text(accountName, []byte("a")), number(accountType, 7)), "", "a: type-unknown"},
		{"no secret", text(accountName, []byte("a")), "", "a: secret-missing"},
		{"a field that breaks off", append(join(key, text(accountName, []byte("a"))), 0x0a, 0x7f), "", "a: entry-unreadable"},
	} {
		t.Run(test.claim, func(t *testing.T) {
			reading := foreign.NewReading("test")
			var b Batches
			if err := b.Read(reading, link(join(text(fieldAccount, test.account), number(fieldBatchSize, 1)))); err != nil {
				t.Fatal(err)
			}
			var entries, refused []string
			if test.want != "" {
				entries = []string{test.want}
			}
			if test.refused != "" {
				refused = []string{test.refused}
			}
			foreigntest.Want(t, reading.Result, entries, refused)
		})
	}
}

func TestASetKnowsItsMissingLinks(t *testing.T) {
	account := text(fieldAccount, join(key, text(accountName, []byte("a"))))
	part := func(index uint64) string {
		return link(join(account, number(fieldBatchSize, 3), number(fieldBatchIndex, index), number(fieldBatchID, 5)))
	}
	reading := foreign.NewReading("test")
	var b Batches
	for _, text := range []string{part(2), part(0), part(2)} { // the third is the first again
		if err := b.Read(reading, text); err != nil {
			t.Fatal(err)
		}
	}
	b.RefuseMissing(reading)
	foreigntest.Want(t, reading.Result, []string{"|a totp SHA1/6/30", "|a totp SHA1/6/30"}, []string{"QR code 2 of 3: batch-missing"})
}

func TestDamagedLinksAreRefusedWhole(t *testing.T) {
	account := text(fieldAccount, key)
	for claim, text := range map[string]string{
		"no data":                  Scheme + "://offline",
		"data twice":               link(account) + "&data=AAAA",
		"not base64":               Scheme + "://offline?data=***",
		"no accounts":              link(number(fieldVersion, 1)),
		"a set of millions":        link(join(account, number(fieldBatchSize, 1<<40))),
		"a place outside the set":  link(join(account, number(fieldBatchSize, 2), number(fieldBatchIndex, 2))),
		"a length that lies":       link([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}),
		"a kind that is not known": link([]byte{0x0b}),
		"field number zero":        link([]byte{0x02, 0x00}),
	} {
		var b Batches
		if err := b.Read(foreign.NewReading("test"), text); err == nil {
			t.Errorf("%s: read, want a refusal", claim)
		} else {
			foreigntest.Refused(t, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(join(text(fieldAccount, join(key, text(accountName, []byte("a")))), number(fieldBatchSize, 2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var batches Batches
		reading := foreign.NewReading("test")
		if err := batches.Read(reading, link(b)); err != nil {
			foreigntest.Refused(t, err)
		}
		batches.RefuseMissing(reading)
	})
}

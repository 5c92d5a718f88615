package otp

import (
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func benchmarkEntry(a countersign.Algorithm) countersign.Entry {
	return countersign.Entry{Type: countersign.TOTP, Secret: countersign.NewSecret([]byte("12345678901234567890")),
		Algorithm: a, Digits: 6, Period: 30}
}

func BenchmarkCode(b *testing.B) {
	for _, a := range []countersign.Algorithm{countersign.SHA1, countersign.SHA256, countersign.SHA512} {
		b.Run(string(a), func(b *testing.B) {
			e := benchmarkEntry(a)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := CodeAt(e, uint64(i)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMatch shows what check A5 asks for: the cases cost the same.
func BenchmarkMatch(b *testing.B) {
	e := benchmarkEntry(countersign.SHA1)
	at := time.Unix(1_790_000_000, 0)
	code, err := Code(e, at)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		claim  string
		secret countersign.Secret
		code   string
		last   int64
		ok     bool
	}{
		{"right", e.Secret, code, -1, true},
		{"wrong", e.Secret, "000000", -1, false},
		{"spent", e.Secret, code, 1 << 40, false},
		{"empty", e.Secret, "", -1, false},
		{"no seed", countersign.Secret{}, code, -1, false},
	} {
		b.Run(c.claim, func(b *testing.B) {
			for b.Loop() {
				if _, ok := Match(c.secret, e.Algorithm, e.Digits, e.Period, c.code, at, c.last, 1); ok != c.ok {
					b.Fatalf("got %v, want %v", ok, c.ok)
				}
			}
		})
	}
}

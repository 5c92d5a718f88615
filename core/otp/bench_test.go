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

func BenchmarkMatch(b *testing.B) {
	e := benchmarkEntry(countersign.SHA1)
	at := time.Unix(1_790_000_000, 0)
	code, err := Code(e, at)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Match(e.Secret, e.Algorithm, e.Digits, e.Period, code, at, -1, 1); !ok {
			b.Fatal("no match")
		}
	}
}

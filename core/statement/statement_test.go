package statement

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	countersign "github.com/countersign-id/countersign"
)

func TestBytesThatAreNoUTF8AreRefused(t *testing.T) {
	for _, line := range []string{"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf"} {
		if _, err := New("countersign/test/v1", line); !errors.Is(err, countersign.ErrMalformed) {
			t.Errorf("%x: got %v, want ErrMalformed", line, err)
		}
	}
}

func TestRefusalsAndPrintingShowNoValue(t *testing.T) {
	const canary = "0123456789ABCDEFGHJKMNPQRS"
	_, err := New("countersign/enrol/v1", "https://id.example.org", canary+"\n")
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("got %v, want a refusal without the value", err)
	}
	s, err := New("countersign/enrol/v1", "https://id.example.org", canary)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q"} {
		if got := fmt.Sprintf(verb, s); strings.Contains(got, canary) {
			t.Errorf("%s printed %q", verb, got)
		}
	}
}

func TestEachBitOfASignatureAndEachByteOfAStatementCounts(t *testing.T) { // check B4
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := PointOf(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New("countersign/approval/v1", "https://id.example.org", "payroll")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := Sign(key, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(point, s, signature); err != nil {
		t.Fatalf("unchanged: %v", err)
	}
	for i := range 8 * SignatureLength {
		changed := append([]byte(nil), signature...)
		changed[i/8] ^= 1 << (i % 8)
		if err := Verify(point, s, changed); !errors.Is(err, countersign.ErrSignature) {
			t.Fatalf("bit %d flipped: got %v, want ErrSignature", i, err)
		}
	}
	for i := range len(s.text) {
		changed := []byte(s.text)
		changed[i] ^= 1
		if err := Verify(point, Statement{string(changed)}, signature); !errors.Is(err, countersign.ErrSignature) {
			t.Fatalf("byte %d changed: got %v, want ErrSignature", i, err)
		}
	}
}

func TestNothingIsSignedOrVerifiedWithoutAStatement(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(key, Statement{}); !errors.Is(err, countersign.ErrMalformed) {
		t.Errorf("signing: got %v, want ErrMalformed", err)
	}
	point, err := PointOf(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(point, Statement{}, make([]byte, SignatureLength)); !errors.Is(err, countersign.ErrSignature) {
		t.Errorf("verifying: got %v, want ErrSignature", err)
	}
}

func TestKeysOfOtherCurvesAreRefused(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New("countersign/test/v1", "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(key, s); !errors.Is(err, errKeyNotP256) {
		t.Errorf("signing: got %v, want %v", err, errKeyNotP256)
	}
	if _, err := PointOf(&key.PublicKey); !errors.Is(err, errKeyNotP256) {
		t.Errorf("point: got %v, want %v", err, errKeyNotP256)
	}
}

func TestASafetyCodeOfMalformedPartsIsRefused(t *testing.T) {
	got, err := SafetyCode("https://id.example.org", "a", "code\n", "thumbprint", "", "nonce")
	if got != "" || !errors.Is(err, countersign.ErrMalformed) {
		t.Errorf("got %q and %v, want ErrMalformed", got, err)
	}
}

// FuzzNew holds the promise behind every statement: two different lists of
// lines never have one text.
func FuzzNew(f *testing.F) {
	f.Add("countersign/call/v1", "a", "b")
	f.Add("d", "a\n", "\u0085")
	f.Add("d", "", "\xff")
	f.Fuzz(func(t *testing.T, domain, a, b string) {
		s, err := New(domain, a, b)
		if err != nil {
			return
		}
		for _, v := range []string{domain, a, b} {
			if v == "" || len(v) > MaxValue || strings.ContainsFunc(v, unicode.IsControl) {
				t.Fatalf("accepted %q", v)
			}
		}
		lines := strings.Split(string(s.Bytes()), "\n")
		if len(lines) != 4 || lines[0] != domain || lines[1] != a || lines[2] != b || lines[3] != "" {
			t.Fatalf("%q does not give back %q, %q, %q", s.Bytes(), domain, a, b)
		}
	})
}

func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"", "AA", "AB", "AA==", "A\nA", "-_-_", "+/+/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, wire string) {
		b, err := ParseBytes(wire)
		if err == nil && EncodeBytes(b) != wire {
			t.Fatalf("%q reads as %x, which is spelled %q", wire, b, EncodeBytes(b))
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	point, err := PointOf(&key.PublicKey)
	if err != nil {
		b.Fatal(err)
	}
	s, err := New("countersign/call/v1", "https://id.example.org", "GET")
	if err != nil {
		b.Fatal(err)
	}
	signature, err := Sign(key, s)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := Verify(point, s, signature); err != nil {
			b.Fatal(err)
		}
	}
}

package otp

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"hash"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

var hashes = map[countersign.Algorithm]func() hash.Hash{
	countersign.SHA1: sha1.New, countersign.SHA256: sha256.New, countersign.SHA512: sha512.New,
}

func TestMacIsHMAC(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for algorithm, newHash := range hashes {
		for length := range 300 {
			key := make([]byte, length)
			_, _ = random.Read(key)
			counter := random.Uint64()
			reference := hmac.New(newHash, key)
			_ = binary.Write(reference, binary.BigEndian, counter)
			var m mac
			m.key(algorithm, key)
			if got, want := m.sum(counter), reference.Sum(nil); !hmac.Equal(got, want) {
				t.Fatalf("%s, key of %d bytes: got %x, want %x", algorithm, length, got, want)
			}
			reference.Reset()
			_ = binary.Write(reference, binary.BigEndian, counter+1)
			if got, want := m.sum(counter+1), reference.Sum(nil); !hmac.Equal(got, want) {
				t.Fatalf("%s, key of %d bytes, second counter: got %x, want %x", algorithm, length, got, want)
			}
		}
	}
}

func TestHOTPHasNoWindow(t *testing.T) {
	start, end := Window(countersign.Entry{Type: countersign.HOTP}, time.Unix(59, 0))
	if !start.IsZero() || !end.IsZero() {
		t.Errorf("got %v to %v, want neither", start, end)
	}
}

func TestACounterBeyondTheLastIsRefused(t *testing.T) {
	e := benchmarkEntry(countersign.SHA1)
	if got, err := CodeAt(e, countersign.MaxCounter+1); got != "" || !errors.Is(err, countersign.ErrEntryCounter) {
		t.Errorf("got %q and %v, want ErrEntryCounter", got, err)
	}
}

func TestMakingACodeAllocatesTheCodeAlone(t *testing.T) {
	e := benchmarkEntry(countersign.SHA1)
	got := testing.AllocsPerRun(100, func() {
		if _, err := CodeAt(e, 1); err != nil {
			t.Fatal(err)
		}
	})
	if got > 1 {
		t.Errorf("got %v allocations, want at most 1", got)
	}
}

// TestCodesUnderFIPS runs the vectors again in a process that allows nothing
// but approved algorithms: sites keep asking for HMAC-SHA-1 (check K4).
func TestCodesUnderFIPS(t *testing.T) {
	const child = "COUNTERSIGN_TEST_FIPS_CHILD"
	if os.Getenv(child) != "" {
		t.Skip("this is the child")
	}
	for _, mode := range []string{"on", "only"} {
		c := exec.Command(os.Args[0], "-test.run=^(TestCodesAreThoseOfTheVectors|TestTheStepsAroundNowMatchOnceAndNoOthers)$")
		c.Env = append(os.Environ(), "GODEBUG=fips140="+mode, child+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("fips140=%s: %v\n%s", mode, err, out)
		}
	}
}

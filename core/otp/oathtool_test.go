package otp

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

const (
	oathtoolKeys  = 2000
	oathtoolSteps = 5 // successive codes of each key by one call, since starting the program is what takes the time
)

// TestCodesAreThoseOfOathtool compares 10,000 codes of random keys, hashes,
// periods and moments with a program that shares no line with this one. It
// knows six to eight digits only; the vectors hold the others.
func TestCodesAreThoseOfOathtool(t *testing.T) {
	program, err := exec.LookPath("oathtool")
	if err != nil {
		t.Skip("NOT COMPARED WITH OATHTOOL: the Debian package oathtool is not installed")
	}
	keys := oathtoolKeys
	if testing.Short() {
		keys /= 20
	}
	source := rand.NewChaCha8([32]byte{42}) // the same cases every time: a failure can be looked at again
	random := rand.New(source)
	algorithms := []countersign.Algorithm{countersign.SHA1, countersign.SHA256, countersign.SHA512}
	for range keys {
		key := make([]byte, 1+random.IntN(140)) // beyond the longest block
		_, _ = source.Read(key)
		e := countersign.Entry{Type: countersign.TOTP, Secret: countersign.NewSecret(key),
			Algorithm: algorithms[random.IntN(3)], Digits: 6 + random.IntN(3), Period: 1 + random.IntN(300)}
		second := random.Int64N(1 << 36)
		first := uint64(second) / uint64(e.Period)
		mode := []string{"--totp=" + string(e.Algorithm), fmt.Sprintf("--time-step-size=%ds", e.Period), fmt.Sprintf("--now=@%d", second)}
		if random.IntN(4) == 0 {
			e.Type, e.Algorithm, e.Period = countersign.HOTP, countersign.SHA1, 0
			first = random.Uint64N(countersign.MaxCounter - oathtoolSteps)
			mode = []string{"--hotp", "--counter=" + strconv.FormatUint(first, 10)}
		}
		arguments := append(mode, fmt.Sprintf("--digits=%d", e.Digits), fmt.Sprintf("--window=%d", oathtoolSteps-1), hex.EncodeToString(key))
		out, err := exec.Command(program, arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("oathtool %s: %v\n%s", strings.Join(arguments, " "), err, out)
		}
		want := strings.Fields(string(out))
		if len(want) != oathtoolSteps {
			t.Fatalf("oathtool %s: %d codes, want %d", strings.Join(arguments, " "), len(want), oathtoolSteps)
		}
		for i := range want {
			got, err := CodeAt(e, first+uint64(i))
			if err != nil || got != want[i] {
				t.Fatalf("oathtool %s: code %d: got %q and %v, want %q", strings.Join(arguments, " "), i, got, err, want[i])
			}
		}
	}
}

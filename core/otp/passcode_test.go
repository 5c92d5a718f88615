package otp

import (
	"fmt"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const (
	testStep   = 59_666_666
	testPeriod = 30
)

var testSeed = []byte("12345678901234567890")

func codeOf(t *testing.T, step int64) string {
	t.Helper()
	code, err := CodeAt(benchmarkEntry(countersign.SHA1), uint64(step))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func matchAt(code string, second, lastStep int64, drift int) (int64, bool) {
	return Match(countersign.NewSecret(testSeed), countersign.SHA1, 6, testPeriod, code, time.Unix(second, 0), lastStep, drift)
}

func TestTheStepsAroundNowMatchOnceAndNoOthers(t *testing.T) { // check A8
	now := int64(testStep * testPeriod)
	for _, second := range []int64{now, now + testPeriod - 1} {
		for _, c := range []struct {
			offset, last int64
			drift        int
			ok           bool
		}{
			{-2, -1, 1, false}, {-1, -1, 1, true}, {0, -1, 1, true}, {1, -1, 1, true}, {2, -1, 1, false},
			{-1, testStep - 2, 1, true}, {-1, testStep - 1, 1, false},
			{-1, testStep, 1, false}, {0, testStep, 1, false}, {1, testStep, 1, true},
			{0, testStep + 1, 1, false}, {1, testStep + 1, 1, false},
			{-1, -1, 0, false}, {0, -1, 0, true}, {1, -1, 0, false},
			{0, -1, -1, true}, {1, -1, -1, false},
			{-2, -1, 2, true}, {2, -1, 2, true}, {3, -1, 2, false},
		} {
			t.Run(fmt.Sprintf("t%+d, last %d, drift %d, second %d", c.offset, c.last, c.drift, second-now), func(t *testing.T) {
				want := int64(-1)
				if c.ok {
					want = testStep + c.offset
				}
				got, ok := matchAt(codeOf(t, testStep+c.offset), second, c.last, c.drift)
				if ok != c.ok || got != want {
					t.Errorf("got %d and %v, want %d and %v", got, ok, want, c.ok)
				}
			})
		}
	}
}

func TestWhatIsNotTheCodeDoesNotMatch(t *testing.T) {
	code := codeOf(t, testStep)
	for _, typed := range []string{"", code[:5], code + "0", "0" + code, code + "\x00", code[:5] + "\x00", " " + code[1:], code + "000000000000", "٤٧١٢٣٤"} {
		if step, ok := matchAt(typed, testStep*testPeriod, -1, 1); ok || step != -1 {
			t.Errorf("%q: got %d and %v, want no match", typed, step, ok)
		}
	}
}

func TestASeedThatMakesNoCodesMatchesNothing(t *testing.T) { // check A5
	at := time.Unix(testStep*testPeriod, 0)
	// The decoy's own code is the one thing that could slip through.
	decoyCode, err := Code(decoy(), at)
	if err != nil {
		t.Fatal(err)
	}
	decoyHOTP, err := CodeAt(decoy(), 0)
	if err != nil {
		t.Fatal(err)
	}
	type seed struct {
		claim          string
		secret         []byte
		algorithm      countersign.Algorithm
		digits, period int
	}
	for _, s := range []seed{
		{"no seed", nil, countersign.SHA1, 6, 30},
		{"no hash", testSeed, "", 6, 30},
		{"MD5", testSeed, countersign.MD5, 6, 30},
		{"no digits", testSeed, countersign.SHA1, 0, 30},
		{"11 digits", testSeed, countersign.SHA1, 11, 30},
		{"no period", testSeed, countersign.SHA1, 6, 0},
		{"a negative period", testSeed, countersign.SHA1, 6, -30},
	} {
		for _, typed := range []string{decoyCode, decoyHOTP, "", "000000"} {
			if step, ok := Match(countersign.NewSecret(s.secret), s.algorithm, s.digits, s.period, typed, at, -1, 1); ok || step != -1 {
				t.Errorf("%s, %q: got %d and %v, want no match", s.claim, typed, step, ok)
			}
			if c, ok := MatchHOTP(countersign.NewSecret(s.secret), s.algorithm, s.digits, typed, 0, 3); ok && s.period == 30 {
				t.Errorf("HOTP, %s, %q: got %d and %v, want no match", s.claim, typed, c, ok)
			}
		}
	}
}

func TestNothingMatchesBefore1970(t *testing.T) {
	for _, second := range []int64{-1, -30, -1 << 40} {
		for _, step := range []int64{0, 1} {
			if got, ok := matchAt(codeOf(t, step), second, -1<<40, 1); ok {
				t.Errorf("second %d, code of step %d: matched %d", second, step, got)
			}
		}
	}
	var m mac
	m.key(countersign.SHA1, testSeed)
	var before [maxDigits]byte
	decimal(&before, truncate(m.sum(1<<64-1)), 6) // what a step of -1 would give
	if got, ok := matchAt(string(before[:6]), 0, -2, 1); ok || got != -1 {
		t.Errorf("the step before the first: got %d and %v, want no match", got, ok)
	}
	if got, ok := matchAt(codeOf(t, 0), 0, -1, 1); !ok || got != 0 {
		t.Errorf("the first step: got %d and %v, want 0", got, ok)
	}
}

// TestOfTwoStepsWithOneCodeTheLaterIsSpent searches a window of two steps with
// the same five digits, as one in 100,000 has.
func TestOfTwoStepsWithOneCodeTheLaterIsSpent(t *testing.T) { // check A1
	secret := countersign.NewSecret(testSeed)
	e := countersign.Entry{Type: countersign.TOTP, Secret: secret, Algorithm: countersign.SHA1, Digits: 5, Period: testPeriod}
	for step := int64(testStep); ; step++ {
		first, err := CodeAt(e, uint64(step))
		if err != nil {
			t.Fatal(err)
		}
		second, err := CodeAt(e, uint64(step+1))
		if err != nil {
			t.Fatal(err)
		}
		if first != second {
			continue
		}
		at := time.Unix(step*testPeriod, 0)
		got, ok := Match(secret, countersign.SHA1, 5, testPeriod, first, at, -1, 1)
		if !ok || got != step+1 {
			t.Errorf("got %d and %v, want %d", got, ok, step+1)
		}
		if again, ok := Match(secret, countersign.SHA1, 5, testPeriod, first, at, got, 1); ok {
			t.Errorf("the same code matched again, as step %d", again)
		}
		if matched, ok := MatchHOTP(secret, countersign.SHA1, 5, first, uint64(step), 1); !ok || matched != uint64(step) {
			t.Errorf("HOTP: got %d and %v, want the earlier counter %d", matched, ok, step)
		}
		return
	}
}

func TestHOTPCountersMatchInsideTheWindowAlone(t *testing.T) { // check A8
	secret := countersign.NewSecret(testSeed)
	for _, c := range []struct {
		claim     string
		of        uint64
		counter   uint64
		lookAhead int
		ok        bool
	}{
		{"the next", 10, 10, 5, true},
		{"the last inside", 15, 10, 5, true},
		{"one beyond", 16, 10, 5, false},
		{"one spent", 9, 10, 5, false},
		{"long spent", 0, 10, 5, false},
		{"no look-ahead, the next", 10, 10, 0, true},
		{"no look-ahead, one beyond", 11, 10, 0, false},
		{"a negative look-ahead counts as none", 11, 10, -1, false},
		{"the last counter of all", countersign.MaxCounter, countersign.MaxCounter, 5, true},
	} {
		t.Run(c.claim, func(t *testing.T) {
			code, err := CodeAt(countersign.Entry{Type: countersign.HOTP, Secret: secret, Algorithm: countersign.SHA1, Digits: 6}, c.of)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := MatchHOTP(secret, countersign.SHA1, 6, code, c.counter, c.lookAhead)
			if ok != c.ok || (ok && got != c.of) {
				t.Errorf("got %d and %v, want %d and %v", got, ok, c.of, c.ok)
			}
		})
	}
	if got, ok := MatchHOTP(secret, countersign.SHA1, 6, "000000", countersign.MaxCounter+1, 1<<4); ok {
		t.Errorf("a counter beyond the last matched %d", got)
	}
}

// FuzzMatch holds Match to CodeAt: what matches is the code of the step it
// names, that step is in the window, and it was not spent.
func FuzzMatch(f *testing.F) {
	f.Add(testSeed, "SHA1", 6, 30, "287082", int64(59), int64(-1), 1)
	f.Add(testSeed, "SHA512", 10, 300, "0000000000", int64(1<<40), int64(1<<33), 2)
	f.Add([]byte{}, "", 0, 0, "", int64(-1), int64(0), -1)
	f.Fuzz(func(t *testing.T, seed []byte, algorithm string, digits, period int, code string, second, last int64, drift int) {
		if drift > 8 || second > 1<<50 {
			return
		}
		secret := countersign.NewSecret(seed)
		step, ok := Match(secret, countersign.Algorithm(algorithm), digits, period, code, time.Unix(second, 0), last, drift)
		if !ok {
			return
		}
		want, err := CodeAt(countersign.Entry{Type: countersign.TOTP, Secret: secret, Algorithm: countersign.Algorithm(algorithm),
			Digits: digits, Period: period}, uint64(step))
		if err != nil || code != want {
			t.Fatalf("%q matched step %d, whose code is %q (%v)", code, step, want, err)
		}
		now := second / int64(period)
		if step <= last || step < now-int64(max(drift, 0)) || step > now+int64(max(drift, 0)) {
			t.Fatalf("step %d matched at %d, last %d, drift %d", step, now, last, drift)
		}
	})
}

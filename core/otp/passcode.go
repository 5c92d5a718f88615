package otp

import (
	"crypto/subtle"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Match looks for a typed TOTP code among the steps from drift before the
// given moment to drift after it, and says which step it belongs to. A step
// at or before lastStep does not count (RFC 6238 §5.2; check A8); -1 when
// none was spent yet. A drift of 1 is what RFC 6238 recommends at most.
//
// It does the same work whether the code matches, has the wrong length, or
// the seed makes no codes at all, and compares in constant time (check A5).
// Where two steps have the same code, it is the later one, so that spending
// it leaves none behind for a second use (check A1).
func Match(secret countersign.Secret, algorithm countersign.Algorithm, digits, period int,
	code string, at time.Time, lastStep int64, drift int) (step int64, ok bool) {
	seconds := at.Unix()
	e := countersign.Entry{Type: countersign.TOTP, Secret: secret, Algorithm: algorithm, Digits: digits, Period: period}
	usable := e.Check() == nil && seconds >= 0
	if !usable {
		e = decoy()
	}
	t := newTrial(e, code)
	now := seconds / int64(e.Period)
	lastStep = max(lastStep, -1) // RFC 6238 §4.2: no step is negative
	step = -1
	for s := now - int64(max(drift, 0)); s <= now+int64(max(drift, 0)); s++ {
		found := t.equals(uint64(s)) & asBit(s > lastStep) & asBit(usable)
		step ^= (step ^ s) & -found // s when found, without a branch
	}
	return step, step >= 0
}

// MatchHOTP looks for a typed HOTP code among counter and the lookAhead
// counters after it (RFC 4226 §7.4), where counter is the first that was
// never spent. It says which counter matched; the next to expect is one
// more. It costs the same as Match does, for the same reasons.
//
// Where two counters have the same code, it is the earlier one: the later
// would leave the person's token behind the server.
func MatchHOTP(secret countersign.Secret, algorithm countersign.Algorithm, digits int,
	code string, counter uint64, lookAhead int) (matched uint64, ok bool) {
	e := countersign.Entry{Type: countersign.HOTP, Secret: secret, Algorithm: algorithm, Digits: digits, Counter: counter}
	usable := e.Check() == nil
	if !usable {
		e = decoy()
	}
	t := newTrial(e, code)
	offset := int64(-1)
	for i := int64(max(lookAhead, 0)); i >= 0; i-- {
		c := counter + uint64(i)
		found := t.equals(c) & asBit(c <= countersign.MaxCounter) & asBit(usable)
		offset ^= (offset ^ i) & -found
	}
	if offset < 0 {
		return 0, false
	}
	return counter + uint64(offset), true
}

// decoy stands in for a seed that makes no codes: nothing matches it, and it
// costs what a real one costs.
func decoy() countersign.Entry {
	return countersign.Entry{Type: countersign.TOTP, Secret: countersign.NewSecret(make([]byte, 20)),
		Algorithm: countersign.SHA1, Digits: 6, Period: 30}
}

// trial is one typed code under comparison.
type trial struct {
	m      mac
	digits int
	typed  [maxDigits]byte
	length int64 // 1 when the typed code has as many digits as it should
}

func newTrial(e countersign.Entry, code string) *trial {
	t := &trial{digits: e.Digits, length: asBit(len(code) == e.Digits)}
	copy(t.typed[:], code)
	t.m.key(e.Algorithm, e.Secret.Reveal())
	return t
}

// equals is 1 when the typed code is the counter's, else 0.
func (t *trial) equals(counter uint64) int64 {
	var want [maxDigits]byte
	decimal(&want, truncate(t.m.sum(counter)), t.digits)
	return int64(subtle.ConstantTimeCompare(want[:], t.typed[:])) & t.length
}

func asBit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

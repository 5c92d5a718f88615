package otp

import (
	"encoding/binary"
	"errors"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// What a code can lack although the entry is sound.
var (
	ErrPIN  = errors.New("otp: this type of code needs the PIN")
	ErrTime = errors.New("otp: no codes before 1970") // RFC 6238 §4.2: T is not negative
)

// maxDigits is the most that an entry may have (countersign.Entry.Check).
const maxDigits = 10

// Code is the code that e shows at the given moment; for HOTP, the code of
// its counter.
func Code(e countersign.Entry, at time.Time) (string, error) {
	if e.Type == countersign.HOTP {
		return CodeAt(e, e.Counter)
	}
	step, err := stepOf(e, at)
	if err != nil {
		return "", err
	}
	return CodeAt(e, step)
}

// CodeAt is the code of one counter, or of one step of time. What
// countersign.Entry.Check refuses makes no code.
func CodeAt(e countersign.Entry, counter uint64) (string, error) {
	if err := e.Check(); err != nil {
		return "", err
	}
	if counter > countersign.MaxCounter {
		return "", countersign.ErrEntryCounter
	}
	switch e.Type {
	case countersign.Steam:
		return steamCode(e, counter), nil
	case countersign.MOTP:
		return motpCode(e, counter)
	case countersign.Yandex:
		return yandexCode(e, counter)
	}
	var m mac
	m.key(e.Algorithm, e.Secret.Reveal())
	var digits [maxDigits]byte
	decimal(&digits, truncate(m.sum(counter)), e.Digits)
	return string(digits[:e.Digits]), nil
}

// Window is when the code shown at the given moment began and when the next
// one begins. HOTP has no such times: both are zero.
func Window(e countersign.Entry, at time.Time) (start, end time.Time) {
	step, err := stepOf(e, at)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	start = time.Unix(int64(step)*int64(e.Period), 0)
	return start, start.Add(time.Duration(e.Period) * time.Second)
}

// stepOf is RFC 6238 §4.2's T, with T0 = 0.
func stepOf(e countersign.Entry, at time.Time) (uint64, error) {
	if e.Period <= 0 {
		return 0, countersign.ErrEntryPeriod
	}
	seconds := at.Unix()
	if seconds < 0 {
		return 0, ErrTime
	}
	return uint64(seconds) / uint64(e.Period), nil
}

// truncate is RFC 4226 §5.3's dynamic truncation to 31 bits. The digest's
// last nibble chooses where, whatever the digest's length (RFC 6238 §1.2).
func truncate(digest []byte) uint32 {
	offset := digest[len(digest)-1] & 0x0f
	return binary.BigEndian.Uint32(digest[offset:]) & 0x7fffffff
}

// decimal writes the last n decimal digits of v, with leading zeros.
func decimal(digits *[maxDigits]byte, v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		digits[i] = byte('0' + v%10)
		v /= 10
	}
}

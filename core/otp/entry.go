package otp

import (
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// The bounds of an entry.
const (
	MinDigits = 5  // Steam's; RFC 4226 §5.3 asks for 6 of a new token
	MaxDigits = 10 // 31 bits make at most ten decimal digits

	MinPeriod = 1
	MaxPeriod = 300 // five minutes; beyond it a code is a password

	// MaxCounter is the largest integer that JSON and the phone keep exactly.
	// A token pressed a thousand times a second reaches it in 285,000 years.
	MaxCounter = 1<<53 - 1
)

// The faults of an entry. All of them are countersign.ErrMalformed, but
// ErrPIN and ErrTime, which say that something else is missing.
var (
	ErrType      = fmt.Errorf("otp: no such type of code: %w", countersign.ErrMalformed)
	ErrAlgorithm = fmt.Errorf("otp: the type of code does not use this hash: %w", countersign.ErrMalformed)
	ErrDigits    = fmt.Errorf("otp: the type of code does not have this many digits: %w", countersign.ErrMalformed)
	ErrPeriod    = fmt.Errorf("otp: the type of code does not have this period: %w", countersign.ErrMalformed)
	ErrCounter   = fmt.Errorf("otp: counter beyond 2^53-1: %w", countersign.ErrMalformed)
	ErrSecret    = fmt.Errorf("otp: the type of code does not have such a key: %w", countersign.ErrMalformed)
)

// Shape is what a type of code fixes, and where it leaves a choice, what is
// meant when nothing is said.
type Shape struct {
	Algorithm countersign.Algorithm
	Digits    int
	Period    int
	Fixed     bool // nothing else is allowed
}

// ShapeOf is the shape of a type; false for an unknown one.
func ShapeOf(t countersign.EntryType) (Shape, bool) {
	switch t {
	case countersign.TOTP:
		return Shape{Algorithm: countersign.SHA1, Digits: 6, Period: 30}, true
	case countersign.HOTP:
		return Shape{Algorithm: countersign.SHA1, Digits: 6}, true
	case countersign.Steam:
		return Shape{Algorithm: countersign.SHA1, Digits: 5, Period: 30, Fixed: true}, true
	case countersign.MOTP:
		return Shape{Algorithm: countersign.MD5, Digits: 6, Period: 10}, true
	case countersign.Yandex:
		return Shape{Algorithm: countersign.SHA256, Digits: 8, Period: 30, Fixed: true}, true
	}
	return Shape{}, false
}

// Validate refuses an entry from which no codes, or codes that no server
// expects, would come. A missing PIN is no fault: the person is asked for it.
func Validate(e countersign.Entry) error {
	shape, ok := ShapeOf(e.Type)
	if !ok {
		return ErrType
	}
	if !algorithmFits(e.Type, e.Algorithm) {
		return ErrAlgorithm
	}
	if e.Digits < MinDigits || e.Digits > MaxDigits || shape.Fixed && e.Digits != shape.Digits {
		return ErrDigits
	}
	if e.Type == countersign.HOTP {
		if e.Period != 0 {
			return ErrPeriod
		}
		if e.Counter > MaxCounter {
			return ErrCounter
		}
	} else if e.Period < MinPeriod || e.Period > MaxPeriod || shape.Fixed && e.Period != shape.Period {
		return ErrPeriod
	}
	if e.Secret.Len() == 0 {
		return ErrSecret
	}
	if e.Type == countersign.Yandex {
		return checkYandexSecret(e.Secret.Reveal())
	}
	return nil
}

func algorithmFits(t countersign.EntryType, a countersign.Algorithm) bool {
	switch t {
	case countersign.Steam:
		return a == countersign.SHA1
	case countersign.MOTP:
		return a == countersign.MD5
	case countersign.Yandex:
		return a == countersign.SHA256
	}
	return a == countersign.SHA1 || a == countersign.SHA256 || a == countersign.SHA512
}

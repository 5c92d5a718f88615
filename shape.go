package countersign

import (
	"encoding/binary"
	"fmt"
)

// The faults that an entry can have; each is ErrMalformed.
var (
	ErrEntryType      = fmt.Errorf("no such type of code: %w", ErrMalformed)
	ErrEntryAlgorithm = fmt.Errorf("the type of code does not use this hash: %w", ErrMalformed)
	ErrEntryDigits    = fmt.Errorf("the type of code does not have this many digits: %w", ErrMalformed)
	ErrEntryPeriod    = fmt.Errorf("the type of code does not have this period: %w", ErrMalformed)
	ErrEntryCounter   = fmt.Errorf("the counter is too large: %w", ErrMalformed)
	ErrEntrySecret    = fmt.Errorf("the type of code does not have such a key: %w", ErrMalformed)
)

const (
	minEntryDigits = 5  // Steam's; RFC 4226 §5.3 asks for 6 of a new authenticator
	maxEntryDigits = 10 // 31 bits make at most ten decimal digits
	minEntryPeriod = 1
	maxEntryPeriod = 300 // five minutes; what lives longer is a password

	// MaxCounter is the largest integer that JSON and the phone keep exactly.
	// Who presses a thousand times a second reaches it in 285,000 years.
	MaxCounter = 1<<53 - 1
)

// Shape is what a type of code says of hash, digits and period: what is meant
// when nothing is said, and for a fixed shape the only thing that can be.
type Shape struct {
	Algorithm Algorithm
	Digits    int
	Period    int // seconds; 0 for HOTP
	Fixed     bool
}

// ShapeOf is the shape of a type; false for a word that is no type.
func ShapeOf(t EntryType) (Shape, bool) {
	switch t {
	case TOTP:
		return Shape{Algorithm: SHA1, Digits: 6, Period: 30}, true
	case HOTP:
		return Shape{Algorithm: SHA1, Digits: 6}, true
	case Steam:
		return Shape{Algorithm: SHA1, Digits: 5, Period: 30, Fixed: true}, true
	case MOTP:
		return Shape{Algorithm: MD5, Digits: 6, Period: 10}, true
	case Yandex:
		return Shape{Algorithm: SHA256, Digits: 8, Period: 30, Fixed: true}, true
	}
	return Shape{}, false
}

// Check refuses an entry from which no codes, or codes that no server expects,
// would come. A missing PIN is no fault: the person is asked for it.
func (e Entry) Check() error {
	shape, ok := ShapeOf(e.Type)
	if !ok {
		return ErrEntryType
	}
	if !e.Type.uses(e.Algorithm) {
		return ErrEntryAlgorithm
	}
	if e.Digits < minEntryDigits || e.Digits > maxEntryDigits || shape.Fixed && e.Digits != shape.Digits {
		return ErrEntryDigits
	}
	if e.Type == HOTP {
		if e.Period != 0 {
			return ErrEntryPeriod
		}
		if e.Counter > MaxCounter {
			return ErrEntryCounter
		}
	} else if e.Period < minEntryPeriod || e.Period > maxEntryPeriod || shape.Fixed && e.Period != shape.Period {
		return ErrEntryPeriod
	}
	if e.Secret.Len() == 0 {
		return ErrEntrySecret
	}
	if e.Type == Yandex {
		return checkYandexSecret(e.Secret.Reveal())
	}
	return nil
}

func (t EntryType) uses(a Algorithm) bool {
	switch t {
	case Steam:
		return a == SHA1
	case MOTP:
		return a == MD5
	case Yandex:
		return a == SHA256
	}
	return a == SHA1 || a == SHA256 || a == SHA512
}

// A Yandex.Key secret is 16 bytes from a QR code, or 26 when typed: the same
// 16, what the server knows of the account, and 12 bits of checksum. Both are
// kept as they came; codes are made of the first YandexKeyLength.
const (
	YandexKeyLength  = 16
	yandexFullLength = 26
)

// checkYandexSecret catches a mistyped secret: its last 12 bits are the
// remainder of the bits before them, divided by x¹²+x¹¹+x⁷+x⁶+x⁵+x⁴+x+1.
func checkYandexSecret(secret []byte) error {
	switch len(secret) {
	case YandexKeyLength:
		return nil
	case yandexFullLength:
	default:
		return ErrEntrySecret
	}
	const divisor = 0b1_1000_1111_0011
	var remainder uint16
	for bit := range yandexFullLength*8 - 12 {
		remainder = remainder<<1 | uint16(secret[bit/8]>>(7-bit%8)&1)
		if remainder&(1<<12) != 0 {
			remainder ^= divisor
		}
	}
	if remainder != binary.BigEndian.Uint16(secret[yandexFullLength-2:])&0x0fff {
		return ErrEntrySecret
	}
	return nil
}

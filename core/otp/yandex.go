package otp

import (
	"crypto/sha256"
	"encoding/binary"

	countersign "github.com/countersign-id/countersign"
)

// A Yandex.Key secret is 16 bytes from a QR code, or 26 when typed: the same
// 16, what the server knows of the account, and 12 bits of checksum. Both are
// kept as they came; codes are made of the first 16.
const (
	yandexKey  = 16
	yandexFull = 26
)

// yandexCode is TOTP with HMAC-SHA-256 whose key is the SHA-256 of PIN and
// secret, whose truncation takes 63 bits, and whose digits are letters.
func yandexCode(e countersign.Entry, step uint64) (string, error) {
	if e.PIN.Len() == 0 {
		return "", ErrPIN
	}
	seed := append([]byte(nil), e.PIN.Reveal()...)
	seed = append(seed, e.Secret.Reveal()[:yandexKey]...)
	sum := sha256.Sum256(seed)
	key := sum[:]
	if key[0] == 0 {
		key = key[1:] // as Yandex's own program does
	}
	var m mac
	m.key(e.Algorithm, key)
	digest := m.sum(step)
	offset := digest[len(digest)-1] & 0x0f
	v := binary.BigEndian.Uint64(digest[offset:]) & (1<<63 - 1)
	var letters [MaxDigits]byte
	for i := e.Digits - 1; i >= 0; i-- {
		letters[i] = byte('a' + v%26)
		v /= 26
	}
	return string(letters[:e.Digits]), nil
}

// checkYandexSecret catches a mistyped secret: its last 12 bits are the
// remainder of the bits before them, divided by x¹²+x¹¹+x⁷+x⁶+x⁵+x⁴+x+1.
func checkYandexSecret(secret []byte) error {
	switch len(secret) {
	case yandexKey:
		return nil
	case yandexFull:
	default:
		return ErrSecret
	}
	const divisor = 0b1_1000_1111_0011
	var remainder uint16
	for bit := range yandexFull*8 - 12 {
		remainder = remainder<<1 | uint16(secret[bit/8]>>(7-bit%8)&1)
		if remainder&(1<<12) != 0 {
			remainder ^= divisor
		}
	}
	if remainder != binary.BigEndian.Uint16(secret[yandexFull-2:])&0x0fff {
		return ErrSecret
	}
	return nil
}

package otp

import (
	"crypto/sha256"
	"encoding/binary"

	countersign "github.com/countersign-id/countersign"
)

// yandexCode is TOTP with HMAC-SHA-256 whose key is the SHA-256 of PIN and
// secret, whose truncation takes 63 bits, and whose digits are letters.
func yandexCode(e countersign.Entry, step uint64) (string, error) {
	if e.PIN.Len() == 0 {
		return "", ErrPIN
	}
	seed := append([]byte(nil), e.PIN.Reveal()...)
	seed = append(seed, e.Secret.Reveal()[:countersign.YandexKeyLength]...)
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
	var letters [maxDigits]byte
	for i := e.Digits - 1; i >= 0; i-- {
		letters[i] = byte('a' + v%26)
		v /= 26
	}
	return string(letters[:e.Digits]), nil
}

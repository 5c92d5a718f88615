package otp

import countersign "github.com/countersign-id/countersign"

// steamLetters are the letters and digits that are not mistaken for another.
const steamLetters = "23456789BCDFGHJKMNPQRTVWXY"

// steamCode is TOTP with HMAC-SHA-1, whose 31 bits are spelled in base 26,
// the least significant letter first.
func steamCode(e countersign.Entry, step uint64) string {
	var m mac
	m.key(e.Algorithm, e.Secret.Reveal())
	v := truncate(m.sum(step))
	var letters [maxDigits]byte
	for i := range e.Digits {
		letters[i] = steamLetters[v%uint32(len(steamLetters))]
		v /= uint32(len(steamLetters))
	}
	return string(letters[:e.Digits])
}

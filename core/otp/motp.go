package otp

import (
	"crypto/fips140"
	"crypto/md5"
	"encoding/hex"
	"strconv"

	countersign "github.com/countersign-id/countersign"
)

// motpCode is Mobile-OTP: the first hexadecimal digits of the MD5 of step,
// key and PIN, written one after another as text: the step in decimal, the
// key in lower-case hexadecimal.
func motpCode(e countersign.Entry, step uint64) (string, error) {
	if e.PIN.Len() == 0 {
		return "", ErrPIN
	}
	text := strconv.AppendUint(nil, step, 10)
	text = hex.AppendEncode(text, e.Secret.Reveal())
	text = append(text, e.PIN.Reveal()...)
	var sum [md5.Size]byte
	// MD5 is what the other side computes; no approved hash would match it.
	fips140.WithoutEnforcement(func() { sum = md5.Sum(text) })
	return hex.EncodeToString(sum[:])[:e.Digits], nil
}

package enrolment

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// crockford leaves out I, L, O and U: what people mistake when they type.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// CodeLength is the number of characters of a binding code: 128 bits.
const CodeLength = 26

func newCode(random [16]byte) string { return crockford.EncodeToString(random[:]) }

// CanonicalCode is the one spelling of a typed binding code: case and dashes
// do not count, O is 0, I and L are 1.
func CanonicalCode(typed string) (string, error) {
	if len(typed) > 64 {
		return "", countersign.ErrMalformed
	}
	code := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) != CodeLength {
		return "", countersign.ErrMalformed
	}
	b, err := crockford.DecodeString(code)
	if err != nil || crockford.EncodeToString(b) != code {
		return "", countersign.ErrMalformed
	}
	return code, nil
}

// Grouped is a code as people read it: 4-4-4-4-4-6.
func Grouped(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:16], code[16:20], code[20:]}, "-")
}

func hashCode(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

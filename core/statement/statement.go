package statement

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// MaxValue is the length in bytes of the longest line: room for any address
// with its query, and a bound on what a stranger can make us hash.
const MaxValue = 2048

// Absent stands where a statement has a line for something that there is not,
// since an empty line is refused.
const Absent = "-"

// Statement is a canonical text. New makes the only ones that are not zero.
type Statement struct{ text string }

// New builds the statement of a domain and its values, in the order given.
// What it refuses wraps countersign.ErrMalformed and names the line, never
// its value: binding codes and numbers pass through here (check K1).
func New(domain string, lines ...string) (Statement, error) {
	if err := checkValue(domain); err != nil {
		return Statement{}, fmt.Errorf("statement: domain: %w", err)
	}
	length := len(domain) + 1
	for i, line := range lines {
		if err := checkValue(line); err != nil {
			return Statement{}, fmt.Errorf("statement: %s, line %d: %w", domain, i+1, err)
		}
		length += len(line) + 1
	}
	var b strings.Builder
	b.Grow(length)
	b.WriteString(domain)
	b.WriteByte('\n')
	for _, line := range lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return Statement{b.String()}, nil
}

func checkValue(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("empty: %w", countersign.ErrMalformed)
	case len(s) > MaxValue:
		return fmt.Errorf("longer than %d bytes: %w", MaxValue, countersign.ErrMalformed)
	case !utf8.ValidString(s):
		return fmt.Errorf("not UTF-8: %w", countersign.ErrMalformed)
	// LF would let one value pose as two; the other controls (Unicode's Cc)
	// would let a value look different from what it is.
	case strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("holds a control character: %w", countersign.ErrMalformed)
	}
	return nil
}

// Bytes is the text that is hashed and signed.
func (s Statement) Bytes() []byte { return []byte(s.text) }

// Digest is the SHA-256 of the text: what ECDSA signs, and the challenge of
// the passkey assertion that stands beside it.
func (s Statement) Digest() [32]byte { return sha256.Sum256([]byte(s.text)) }

// String is the domain alone; the values are nobody's business in a log.
func (s Statement) String() string {
	domain, _, _ := strings.Cut(s.text, "\n")
	return domain
}

// GoString keeps %#v from printing what String does not.
func (s Statement) GoString() string { return s.String() }

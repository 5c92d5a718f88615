package countersign

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
)

// Secret is a run of secret bytes. It prints as [redacted] under every verb,
// refuses to be marshalled, and cannot be compared with == (a slice is not
// comparable; the func field keeps a struct that embeds it from being so):
// the ways by which secrets reached logs elsewhere (check K1) do not compile
// or show nothing.
//
// The bytes are reached by Reveal alone, so that a search for that word finds
// every place where a secret leaves its wrapping.
type Secret struct {
	_     [0]func() // not comparable
	bytes []byte
}

// NewSecret wraps b, which it keeps: the caller gives it up.
func NewSecret(b []byte) Secret { return Secret{bytes: b} }

// Reveal is the wrapped bytes themselves, not a copy.
func (s Secret) Reveal() []byte { return s.bytes }

// Len is the number of bytes.
func (s Secret) Len() int { return len(s.bytes) }

// Equal compares in time that depends on the lengths alone.
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare(s.bytes, t.bytes) == 1
}

const redacted = "[redacted]"

func (Secret) String() string                 { return redacted }
func (Secret) GoString() string               { return redacted }
func (Secret) Format(f fmt.State, _ rune)     { _, _ = f.Write([]byte(redacted)) }
func (Secret) LogValue() slog.Value           { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error)   { return nil, errSecretMarshalled }
func (Secret) MarshalJSON() ([]byte, error)   { return nil, errSecretMarshalled }
func (Secret) MarshalBinary() ([]byte, error) { return nil, errSecretMarshalled }
func (Secret) GobEncode() ([]byte, error)     { return nil, errSecretMarshalled }

var errSecretMarshalled = errors.New("countersign: a secret was about to be marshalled")

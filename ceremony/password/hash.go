package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"golang.org/x/crypto/argon2"
)

// Cost of one hash: OWASP's first choice for Argon2id. 19 MiB twice over is
// about 20 ms of one core.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

// MostBytes caps a password before it is hashed; FewestRunes is the shortest
// that may be chosen (NIST SP 800-63B-4 §3.1.1.2: 15 where it stands alone, 8
// where a second factor joins it).
const (
	MostBytes   = 1024
	FewestRunes = 8
)

// ErrTooShort and ErrTooLong refuse a new password.
var (
	ErrTooShort = errors.New("password: too short")
	ErrTooLong  = errors.New("password: too long")
)

// Hasher computes Argon2id with as many at once as there are cores: more
// would only multiply the memory (64 callers times 19 MiB), not the speed.
type Hasher struct {
	slots  chan struct{}
	random func([]byte) error
}

// NewHasher makes a hasher that runs at most `parallel` hashes at once.
func NewHasher(parallel int, random func([]byte) error) *Hasher {
	return &Hasher{slots: make(chan struct{}, max(1, parallel)), random: random}
}

func (h *Hasher) compute(ctx context.Context, password, salt []byte) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey(password, salt, passes, memoryKiB, lanes, hashBytes), nil
}

// Hash makes the stored form of a new password, in PHC string form.
func (h *Hasher) Hash(ctx context.Context, password countersign.Secret) (countersign.PasswordHash, error) {
	if password.Len() > MostBytes {
		return countersign.PasswordHash{}, ErrTooLong
	}
	if len([]rune(string(password.Reveal()))) < FewestRunes {
		return countersign.PasswordHash{}, ErrTooShort
	}
	salt := make([]byte, saltBytes)
	if err := h.random(salt); err != nil {
		return countersign.PasswordHash{}, fmt.Errorf("password: salt: %w", err)
	}
	sum, err := h.compute(ctx, password.Reveal(), salt)
	if err != nil {
		return countersign.PasswordHash{}, err
	}
	b64 := base64.RawStdEncoding
	phc := fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
	return countersign.PasswordHash{Secret: countersign.NewSecret([]byte(phc))}, nil
}

// matches compares in one hash's time, also when there is nothing to compare
// with: an absent or unreadable hash is replaced by one that nothing matches.
func (h *Hasher) matches(ctx context.Context, stored countersign.PasswordHash, password countersign.Secret) (bool, error) {
	salt, want, ok := parse(string(stored.Reveal()))
	if !ok {
		salt, want = make([]byte, saltBytes), make([]byte, hashBytes)
	}
	typed := password.Reveal()
	if len(typed) > MostBytes {
		typed, ok = typed[:MostBytes], false
	}
	got, err := h.compute(ctx, typed, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && ok, nil
}

func parse(phc string) (salt, sum []byte, ok bool) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v=19" {
		return nil, nil, false
	}
	// One cost is in use; another would mean a row that this program did not
	// write, and a cost chosen by whoever wrote it.
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", memoryKiB, passes, lanes) {
		return nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return salt, sum, err1 == nil && err2 == nil && len(salt) == saltBytes && len(sum) == hashBytes
}

package foreign

import (
	"context"
	"crypto/pbkdf2"
	"hash"

	countersign "github.com/countersign-id/countersign"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/scrypt"
)

// What a key derivation may cost. Each bound is several times what any
// application writes, and below about ten seconds of one core.
const (
	maxPBKDF2Rounds = 10_000_000 // Bitwarden allows 2,000,000 and is the highest

	maxScryptMemory = 256 << 20 // Aegis writes 32 MiB
	maxScryptWork   = 1 << 23   // N·r·p

	// Ente derives with 1 GiB and four passes on every machine that has it: an
	// import cannot ask for less than the export took. Work is memory times passes.
	maxArgonMemory = 1 << 20 // KiB
	maxArgonWork   = 6 << 20 // KiB
	maxArgonLanes  = 64
)

// PBKDF2 derives a key (RFC 8018), within the limits.
func PBKDF2(ctx context.Context, h func() hash.Hash, password countersign.Secret, salt []byte, rounds, size int) ([]byte, error) {
	if rounds < 1 {
		return nil, Damaged("its key derivation has no rounds", nil)
	}
	if rounds > maxPBKDF2Rounds {
		return nil, TooLarge("its password was stretched over more rounds than any application uses")
	}
	return within(ctx, func() ([]byte, error) {
		return pbkdf2.Key(h, string(password.Reveal()), salt, rounds, size)
	})
}

// Scrypt derives a key (RFC 7914), within the limits.
func Scrypt(ctx context.Context, password countersign.Secret, salt []byte, n, r, p, size int) ([]byte, error) {
	if n < 2 || n&(n-1) != 0 || r < 1 || p < 1 {
		return nil, Damaged("its key derivation has settings that scrypt does not have", nil)
	}
	if n > maxScryptWork || r > maxScryptWork || p > maxScryptWork {
		return nil, TooLarge("its password was stretched further than any application does")
	}
	work := uint64(n) * uint64(r) // at most 2^46
	if work*128 > maxScryptMemory || work*uint64(p) > maxScryptWork {
		return nil, TooLarge("its password was stretched further than any application does")
	}
	return within(ctx, func() ([]byte, error) {
		return scrypt.Key(password.Reveal(), salt, n, r, p, size)
	})
}

// Argon2Cost refuses costs above the limits; memory is in KiB.
func Argon2Cost(passes, memory, lanes uint64) error {
	if passes < 1 || lanes < 1 || memory < 8*lanes {
		return Damaged("its key derivation has settings that Argon2 does not have", nil)
	}
	if lanes > maxArgonLanes || memory > maxArgonMemory || passes > maxArgonWork || passes*memory > maxArgonWork {
		return TooLarge("its password was stretched with more memory or passes than any application uses")
	}
	return nil
}

// Argon2id derives a key (RFC 9106), within the limits; memory is in KiB.
func Argon2id(ctx context.Context, password countersign.Secret, salt []byte, passes, memory, lanes uint64, size int) ([]byte, error) {
	if err := Argon2Cost(passes, memory, lanes); err != nil {
		return nil, err
	}
	return within(ctx, func() ([]byte, error) {
		return argon2.IDKey(password.Reveal(), salt, uint32(passes), uint32(memory), uint8(lanes), uint32(size)), nil
	})
}

// within stops waiting when the context ends. The derivations cannot be
// stopped midway; the limits bound how long one runs on unwatched.
func within(ctx context.Context, derive func() ([]byte, error)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	type outcome struct {
		key []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		key, err := derive()
		done <- outcome{key, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case o := <-done:
		if o.err != nil {
			return nil, Damaged("its key derivation has settings that cannot be used", o.err)
		}
		return o.key, nil
	}
}

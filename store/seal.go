package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// place is where a sealed value belongs, as additional data of its seal: a
// value that was moved to another row or account opens no more (check K2).
// Each part has its length before it, so that no two places look alike.
func place(table, column, row, account string) []byte {
	b := []byte("countersign/seal/v1")
	for _, part := range []string{table, column, row, account} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return b
}

// seal gives key id ‖ nonce ‖ ciphertext, by AES-256-GCM. Nonces are random:
// NIST SP 800-38D §8.3 allows 2^32 of them for one key, and one is drawn for
// each seed or key that is kept.
func (k *Keyring) seal(plain, where []byte) ([]byte, error) {
	r := k.ring.Load()
	aead := r.keys[r.current]
	head := keyIDLength + aead.NonceSize()
	out := make([]byte, head, head+len(plain)+aead.Overhead())
	copy(out, r.current)
	if _, err := rand.Read(out[keyIDLength:]); err != nil {
		return nil, err
	}
	return aead.Seal(out, out[keyIDLength:head], plain, where), nil
}

func (k *Keyring) open(sealed, where []byte) (countersign.Secret, error) {
	if len(sealed) < keyIDLength {
		return countersign.Secret{}, ErrKeyFile
	}
	aead := k.ring.Load().keys[string(sealed[:keyIDLength])]
	if aead == nil && k.fresh == nil {
		// The operator's command may have rotated the keys meanwhile.
		if err := k.reload(); err != nil {
			return countersign.Secret{}, errors.Join(ErrKeyFile, err)
		}
		aead = k.ring.Load().keys[string(sealed[:keyIDLength])]
	}
	if aead == nil || len(sealed) < keyIDLength+aead.NonceSize() {
		return countersign.Secret{}, ErrKeyFile
	}
	head := keyIDLength + aead.NonceSize()
	plain, err := aead.Open(nil, sealed[keyIDLength:head], sealed[head:], where)
	if err != nil {
		return countersign.Secret{}, ErrKeyFile
	}
	return countersign.NewSecret(plain), nil
}

const checkName = "key-check"

// checkKeys refuses to run with a key file that opens nothing (check L3).
func (s *Store) checkKeys(ctx context.Context) error {
	var sealed []byte
	err := s.row(ctx, readSecret, checkName).scan(&sealed)
	absent, err := none(err)
	if err != nil {
		return err
	}
	if absent {
		if err := s.keys.save(); err != nil {
			return err
		}
		_, err := s.ServerSecret(ctx, checkName, func() ([]byte, error) { return []byte("countersign"), nil })
		return err
	}
	if s.keys.fresh != nil {
		return fmt.Errorf("%w: %s is missing; put it back", ErrKeyFile, s.keys.path)
	}
	if _, err := s.keys.open(sealed, place("meta", "value", checkName, "")); err != nil {
		return fmt.Errorf("%s belongs to another database; put this one's back: %w", s.keys.path, err)
	}
	return nil
}

const readSecret = "SELECT value FROM meta WHERE name = ?"

// ServerSecret finds a named secret of this server, or keeps the one that make
// gives: of several processes that ask at once, one makes it.
func (s *Store) ServerSecret(ctx context.Context, name string, make func() ([]byte, error)) (countersign.Secret, error) {
	where := place("meta", "value", name, "")
	var sealed []byte
	err := s.row(ctx, readSecret, name).scan(&sealed)
	absent, err := none(err)
	if err != nil {
		return countersign.Secret{}, err
	}
	if absent {
		err = s.write(ctx, func(t *tx) error {
			err := t.row(readSecret, name).scan(&sealed)
			if absent, err := none(err); err != nil || !absent {
				return err
			}
			plain, err := make()
			if err != nil {
				return err
			}
			if sealed, err = s.keys.seal(plain, where); err != nil {
				return err
			}
			return t.must(countersign.ErrSpent, "INSERT INTO meta (name, value) VALUES (?, ?)", name, sealed)
		})
		if err != nil {
			return countersign.Secret{}, err
		}
	}
	return s.keys.open(sealed, where)
}

// sealedColumns is every place where a sealed value lies.
var sealedColumns = []struct{ table, column, id, account string }{
	{"meta", "value", "name", "''"},
	{"signing_key", "private", "id", "''"},
	{"passcode", "secret", "id", "account_id"},
}

// Reseal seals everything anew that was sealed with an earlier key, and tells
// how many values that were. It goes in steps: an interrupted one goes on
// where it was.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	resealed := 0
	for _, c := range sealedColumns {
		read := "SELECT " + c.id + ", " + c.account + ", " + c.column + " FROM " + c.table + " WHERE " + c.id + " > ? ORDER BY " + c.id + " LIMIT ?"
		update := "UPDATE " + c.table + " SET " + c.column + " = ? WHERE " + c.id + " = ?"
		after := ""
		for {
			last, n := "", 0
			err := s.write(ctx, func(t *tx) error {
				last, n = "", 0
				renewed := map[string][]byte{}
				err := t.each(read, func(r scanner) error {
					var account string
					var sealed []byte
					if err := r.Scan(&last, &account, &sealed); err != nil {
						return err
					}
					if len(sealed) >= keyIDLength && string(sealed[:keyIDLength]) == s.keys.ring.Load().current {
						return nil
					}
					where := place(c.table, c.column, last, account)
					plain, err := s.keys.open(sealed, where)
					if err != nil {
						return err
					}
					renewed[last], err = s.keys.seal(plain.Reveal(), where)
					return err
				}, after, pruneStep)
				if err != nil {
					return err
				}
				for id, sealed := range renewed {
					if err := t.must(countersign.ErrUnavailable, update, sealed, id); err != nil {
						return err
					}
					n++
				}
				return nil
			})
			if err != nil {
				return resealed, err
			}
			resealed += n
			if last == "" {
				break
			}
			after = last
		}
	}
	return resealed, nil
}

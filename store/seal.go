package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// Keyring seals what the database must not tell to whoever copies it
// (check K2): AES-256-GCM, with the row's identity as additional data, so that
// a sealed value moved to another row opens no more.
type Keyring struct {
	path    string
	current string
	keys    map[string]cipher.AEAD
	text    []byte // to be written, when the keyring is new
}

// ErrKeyFile says that the key file is not the one of this database.
var ErrKeyFile = errors.New("store: the key file does not open this database")

type keyFile struct {
	Current string            `json:"current"`
	Keys    map[string]string `json:"keys"`
}

// OpenKeyring reads the key file, or prepares a new one, which is written when
// a new database is opened with it: never beside an old one.
func OpenKeyring(path string) (*Keyring, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyring(path)
	}
	if err != nil {
		return nil, fmt.Errorf("store: key file: %w", err)
	}
	if st, err := os.Stat(path); err == nil && st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("store: key file %s can be read by others: chmod 600 it", path)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	var f keyFile
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("store: key file %s is damaged", path)
	}
	k := &Keyring{path: path, current: f.Current, keys: make(map[string]cipher.AEAD)}
	for id, encoded := range f.Keys {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(raw) != 32 || len(id) != 8 {
			return nil, fmt.Errorf("store: key file %s is damaged", path)
		}
		if k.keys[id], err = newAEAD(raw); err != nil {
			return nil, err
		}
	}
	if k.keys[k.current] == nil {
		return nil, fmt.Errorf("store: key file %s is damaged", path)
	}
	return k, nil
}

func newKeyring(path string) (*Keyring, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	name := make([]byte, 6)
	if _, err := rand.Read(name); err != nil {
		return nil, err
	}
	id := base64.RawURLEncoding.EncodeToString(name)
	aead, err := newAEAD(raw)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(keyFile{Current: id, Keys: map[string]string{id: base64.StdEncoding.EncodeToString(raw)}}, "", "  ")
	return &Keyring{path: path, current: id, keys: map[string]cipher.AEAD{id: aead}, text: append(text, '\n')}, err
}

func newAEAD(raw []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// save writes a new keyring so that it is there after a power loss, before
// anything is sealed with it. An existing file is never replaced.
func (k *Keyring) save() error {
	if k.text == nil {
		return nil
	}
	f, err := os.OpenFile(k.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("store: key file: %w", err)
	}
	_, err = f.Write(k.text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("store: key file: %w", err)
	}
	k.text = nil
	if dir, err := os.Open(filepath.Dir(k.path)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

// place is where a sealed value belongs.
func place(table, row, account string) []byte {
	return []byte("countersign/seal/v1|" + table + "|" + row + "|" + account)
}

func (k *Keyring) seal(plain, where []byte) ([]byte, error) {
	aead := k.keys[k.current]
	out := make([]byte, 8+aead.NonceSize(), 8+aead.NonceSize()+len(plain)+aead.Overhead())
	copy(out, k.current)
	if _, err := rand.Read(out[8:]); err != nil {
		return nil, err
	}
	return aead.Seal(out, out[8:], plain, where), nil
}

func (k *Keyring) open(sealed, where []byte) (countersign.Secret, error) {
	if len(sealed) < 8 {
		return countersign.Secret{}, ErrKeyFile
	}
	aead := k.keys[string(sealed[:8])]
	if aead == nil || len(sealed) < 8+aead.NonceSize() {
		return countersign.Secret{}, ErrKeyFile
	}
	n := 8 + aead.NonceSize()
	plain, err := aead.Open(nil, sealed[8:n], sealed[n:], where)
	if err != nil {
		return countersign.Secret{}, ErrKeyFile
	}
	return countersign.NewSecret(plain), nil
}

const checkName = "key-check"

// checkKeys refuses to run with a key file that opens nothing (check L3).
func (s *Store) checkKeys(ctx context.Context) error {
	var sealed []byte
	err := s.row(ctx, "SELECT value FROM meta WHERE name = ?", checkName).scan(&sealed)
	if absent, err := none(err); err != nil {
		return err
	} else if !absent {
		if _, err := s.keys.open(sealed, place("meta", checkName, "")); err != nil || s.keys.text != nil {
			return fmt.Errorf("%w: put back the %s that belongs to it", ErrKeyFile, s.keys.path)
		}
		return nil
	}
	if err := s.keys.save(); err != nil {
		return err
	}
	_, err = s.ServerSecret(ctx, checkName, func() ([]byte, error) { return []byte("countersign"), nil })
	return err
}

// ServerSecret finds a named secret of this server, or keeps the one that make
// gives: of several processes that ask at once, one makes it.
func (s *Store) ServerSecret(ctx context.Context, name string, make func() ([]byte, error)) (countersign.Secret, error) {
	var sealed []byte
	err := s.write(ctx, func(t *tx) error {
		err := t.row("SELECT value FROM meta WHERE name = ?", name).scan(&sealed)
		if absent, err := none(err); err != nil || !absent {
			return err
		}
		plain, err := make()
		if err != nil {
			return err
		}
		if sealed, err = s.keys.seal(plain, place("meta", name, "")); err != nil {
			return err
		}
		return t.must(countersign.ErrSpent, "INSERT INTO meta (name, value) VALUES (?, ?)", name, sealed)
	})
	if err != nil {
		return countersign.Secret{}, err
	}
	return s.keys.open(sealed, place("meta", name, ""))
}

package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Keyring seals what the database must not tell to whoever copies it
// (check K2). Its keys live in a file apart from the database, readable by
// the server alone:
//
//	{"current": "<id>", "keys": {"<id>": "<base64, 32 bytes>", …}}
//
// New values are sealed with the current key; earlier keys open earlier ones
// until Reseal has reached them.
type Keyring struct {
	path  string
	ring  atomic.Pointer[ring]
	fresh *keyFile // not written yet: there was no file
}

type ring struct {
	current string
	keys    map[string]cipher.AEAD
}

// ErrKeyFile says that the key file is not the one of this database.
var ErrKeyFile = errors.New("store: the key file does not open this database")

type keyFile struct {
	Current string            `json:"current"`
	Keys    map[string]string `json:"keys"`
}

const (
	keyLength   = 32 // AES-256
	keyIDLength = 8
)

// OpenKeyring reads the key file. Where there is none it prepares a new one,
// which is written when a new database is opened with it: a lost file is never
// silently replaced by one that opens nothing (check L3).
func OpenKeyring(path string) (*Keyring, error) {
	k := &Keyring{path: path}
	f, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		f = keyFile{Keys: make(map[string]string)}
		if err := f.add(); err != nil {
			return nil, err
		}
		k.fresh = &f
	} else if err != nil {
		return nil, err
	}
	return k, k.use(f)
}

func readKeyFile(path string) (keyFile, error) {
	var f keyFile
	st, err := os.Stat(path)
	if err != nil {
		return f, fmt.Errorf("store: key file: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return f, fmt.Errorf("store: key file %s can be read by others; chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return f, fmt.Errorf("store: key file: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	// The decoder's error could quote a key.
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("store: key file %s is damaged", path)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("store: key file %s is damaged", path)
	}
	return f, nil
}

// add draws a new key and makes it the current one.
func (f *keyFile) add() error {
	raw := make([]byte, keyLength)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	name := make([]byte, keyIDLength*6/8)
	if _, err := rand.Read(name); err != nil {
		return err
	}
	f.Current = base64.RawURLEncoding.EncodeToString(name)
	f.Keys[f.Current] = base64.StdEncoding.EncodeToString(raw)
	return nil
}

func (k *Keyring) use(f keyFile) error {
	r := &ring{current: f.Current, keys: make(map[string]cipher.AEAD)}
	for id, encoded := range f.Keys {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(raw) != keyLength || len(id) != keyIDLength {
			return fmt.Errorf("store: key file %s is damaged", k.path)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return err
		}
		if r.keys[id], err = cipher.NewGCM(block); err != nil {
			return err
		}
	}
	if r.keys[r.current] == nil {
		return fmt.Errorf("store: key file %s is damaged", k.path)
	}
	k.ring.Store(r)
	return nil
}

// save writes a new keyring so that it is there after a power loss, before
// anything is sealed with it. Where another process was quicker, its file
// counts.
func (k *Keyring) save() error {
	if k.fresh == nil {
		return nil
	}
	err := k.fresh.write(k.path, os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		err = k.reload()
	}
	if err == nil {
		k.fresh = nil
	}
	return err
}

func (f keyFile) write(path string, exclusive int) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|exclusive, 0o600)
	if err != nil {
		return fmt.Errorf("store: key file: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("store: key file: %w", errors.Join(err, os.Remove(path)))
	}
	return syncFolder(path)
}

func (k *Keyring) reload() error {
	f, err := readKeyFile(k.path)
	if err != nil {
		return err
	}
	return k.use(f)
}

// Rotate adds a key, which seals from now on. The file is whole at every
// moment: the old or the new one.
func (k *Keyring) Rotate() error {
	f, err := readKeyFile(k.path)
	if err != nil {
		return err
	}
	if err := f.add(); err != nil {
		return err
	}
	beside := k.path + ".new"
	if err := f.write(beside, os.O_EXCL); err != nil {
		return err
	}
	if err := errors.Join(os.Rename(beside, k.path), syncFolder(k.path)); err != nil {
		return fmt.Errorf("store: key file: %w", err)
	}
	return k.use(f)
}

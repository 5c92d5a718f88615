package conformance

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"sync/atomic"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
)

// tables is all there are, read from the database itself.
func (w *world) tables() []string {
	w.Helper()
	query := "SELECT name FROM sqlite_schema WHERE type = 'table'"
	if w.place.Numbered {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	rows, err := w.place.Database.QueryContext(w.ctx, query)
	w.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		w.must(rows.Scan(&name))
		out = append(out, name)
	}
	w.must(rows.Err())
	if len(out) < 15 {
		w.Fatalf("only %v", out)
	}
	return out
}

func sealedAtRest(w *world) {
	canary := []byte("canary-seed-0123456789abcdefghij")
	a := w.account("mara")
	w.must(w.s.AddPasscode(w.ctx, w.newPasscode(a.ID, canary), w.event("passcode.begun", a.ID)))
	w.must(w.s.AddSigningKey(w.ctx, countersign.SigningKey{ID: "key", Algorithm: "ES256", Private: countersign.NewSecret(canary), Created: w.now}, true, w.event("signingkey.added", "")))
	_, err := w.s.ServerSecret(w.ctx, "codes", func() ([]byte, error) { return canary, nil })
	w.must(err)
	var dump strings.Builder
	for _, table := range w.tables() {
		for _, row := range w.dump(table) {
			dump.WriteString(row)
		}
	}
	if !strings.Contains(dump.String(), a.ID) {
		w.Fatal("the dump shows nothing")
	}
	for _, form := range []string{string(canary), hex.EncodeToString(canary), base64.StdEncoding.EncodeToString(canary), base32.StdEncoding.EncodeToString(canary)} {
		if strings.Contains(dump.String(), form[:16]) {
			w.Errorf("the dump holds %s", form)
		}
	}
	w.must(w.s.Close())
	for _, file := range []string{w.place.URL, w.place.URL + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // not a file
		}
		if bytes.Contains(raw, canary[:16]) {
			w.Errorf("%s holds the canary", file)
		}
	}
}

func seedMoved(w *world) {
	a, other := w.account("mara"), w.account("otto")
	mine, theirs := w.passcode(a.ID), w.passcode(other.ID)
	w.damage("UPDATE passcode SET secret = (SELECT secret FROM passcode WHERE id = ?) WHERE id = '"+theirs.ID+"'", mine.ID)
	_, err := w.s.Passcodes(w.ctx, other.ID)
	w.wants("a seed copied to another row", err, store.ErrKeyFile)
	w.damage("UPDATE passcode SET account_id = ? WHERE id = '"+mine.ID+"'", other.ID)
	w.damage("DELETE FROM passcode WHERE id = ?", theirs.ID)
	_, err = w.s.Passcodes(w.ctx, other.ID)
	w.wants("a row given to another account", err, store.ErrKeyFile)
	w.damage("UPDATE passcode SET account_id = ? WHERE id = '"+mine.ID+"'", a.ID)
	_, err = w.s.Passcodes(w.ctx, a.ID)
	w.wants("the row put back", err, nil)
	w.damage("UPDATE passcode SET secret = SUBSTR(secret, 1, LENGTH(secret) - 1)")
	_, err = w.s.Passcodes(w.ctx, a.ID)
	w.wants("a truncated seed", err, store.ErrKeyFile)
}

func resealed(w *world) {
	a := w.account("mara")
	p := w.passcode(a.ID)
	signing := countersign.SigningKey{ID: newID(), Algorithm: "ES256", Private: countersign.NewSecret(randomBytes(32)), Created: w.now}
	w.must(w.s.AddSigningKey(w.ctx, signing, true, w.event("signingkey.added", "")))
	before := strings.Join(w.dump("passcode"), "")

	// The operator's command does it while the server runs.
	keys, err := store.OpenKeyring(w.place.KeyFile)
	w.must(err)
	w.must(keys.Rotate())
	command, err := store.Open(w.ctx, store.Config{URL: w.place.URL, Keys: keys})
	w.must(err)
	if n, err := command.Reseal(w.ctx); err != nil || n != 3 {
		w.Errorf("resealed %d, %v, want the seed, the signing key and the check", n, err)
	}
	if n, err := command.Reseal(w.ctx); err != nil || n != 0 {
		w.Errorf("resealed again: %d, %v", n, err)
	}
	w.must(command.Close())
	if strings.Join(w.dump("passcode"), "") == before {
		w.Error("the seed is sealed as before")
	}
	for what, s := range map[string]*store.Store{"the running server": w.s, "a new one": w.reopened().s} {
		kept, err := s.Passcodes(w.ctx, a.ID)
		if err != nil || len(kept) != 1 || !kept[0].Secret.Equal(p.Secret) {
			w.Errorf("%s: %v", what, err)
		}
		signs, err := s.SigningKeys(w.ctx)
		if err != nil || len(signs) != 1 || !signs[0].Private.Equal(signing.Private) {
			w.Errorf("%s: %v", what, err)
		}
	}
}

func keyFileLost(w *world) {
	a := w.account("mara")
	w.passcode(a.ID)
	st, err := os.Stat(w.place.KeyFile)
	w.must(err)
	if got := st.Mode().Perm(); got != 0o600 {
		w.Errorf("the key file has mode %o", got)
	}
	lost := w.place.KeyFile + ".lost"
	_, err = w.tryOpen(lost)
	if !errors.Is(err, store.ErrKeyFile) || !strings.Contains(err.Error(), lost) {
		w.Errorf("a lost key file: %v", err)
	}
	if _, err := os.Stat(lost); !errors.Is(err, os.ErrNotExist) {
		w.Errorf("a new key file stands where the lost one was: %v", err)
	}
	foreign := w.place.KeyFile + ".foreign"
	text, err := os.ReadFile(w.place.KeyFile)
	w.must(err)
	w.must(os.WriteFile(foreign, otherKey(text), 0o600))
	_, err = w.tryOpen(foreign)
	if !errors.Is(err, store.ErrKeyFile) || !strings.Contains(err.Error(), foreign) {
		w.Errorf("another key under the same name: %v", err)
	}
	for what, bad := range map[string]string{
		"cut short":              string(text[:len(text)/2]),
		"empty":                  "",
		"with an unknown member": `{"current":"a","keys":{},"more":1}`,
		"with bytes after it":    string(text) + "{}",
		"without its key":        `{"current":"abcdefgh","keys":{}}`,
	} {
		w.must(os.WriteFile(foreign, []byte(bad), 0o600))
		if _, err := w.tryOpen(foreign); err == nil || !strings.Contains(err.Error(), foreign) {
			w.Errorf("a key file %s: %v", what, err)
		}
	}
	w.must(os.WriteFile(foreign, text, 0o644))
	w.must(os.Chmod(foreign, 0o644))
	if _, err := w.tryOpen(foreign); err == nil || !strings.Contains(err.Error(), "chmod") {
		w.Errorf("a key file that others can read: %v", err)
	}
	w.reopened().account("otto")
}

// otherKey is a key file with the same key id and another key.
func otherKey(text []byte) []byte {
	i := bytes.LastIndex(text, []byte(`": "`)) + len(`": "`)
	other := bytes.Clone(text)
	copy(other[i:], base64.StdEncoding.EncodeToString(randomBytes(32)))
	return other
}

func serverSecretOnce(w *world) {
	other := w.reopened()
	var made atomic.Int32
	secrets := make([]countersign.Secret, 16)
	errs := together(16, func(i int) (err error) {
		s := w.s
		if i%2 == 1 {
			s = other.s
		}
		secrets[i], err = s.ServerSecret(w.ctx, "codes", func() ([]byte, error) {
			made.Add(1)
			return randomBytes(32), nil
		})
		return err
	})
	w.tally("ServerSecret", errs, map[error]int{nil: 16})
	for _, secret := range secrets {
		if secret.Len() != 32 || !secret.Equal(secrets[0]) {
			w.Error("two callers have two secrets")
		}
	}
	if n := made.Load(); n != 1 {
		w.Errorf("%d secrets were made", n)
	}
	refused := errors.New("no randomness")
	_, err := w.s.ServerSecret(w.ctx, "other", func() ([]byte, error) { return nil, refused })
	w.wants("no randomness", err, refused)
	if _, err := w.s.ServerSecret(w.ctx, "other", func() ([]byte, error) { return randomBytes(16), nil }); err != nil {
		w.Errorf("afterwards: %v", err)
	}
}

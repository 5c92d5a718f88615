package proton

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
	"golang.org/x/crypto/argon2"
)

var want = []string{
	`Example|My name totp SHA1/6/30 note="a note"`,
	"Steam|gamer steam SHA1/5/30",
}

func TestNamesAndNotesAreThePersons(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "plain.json"), "")
	foreigntest.Want(t, got, want, []string{"empty: link-secret-missing"})
}

func TestLockedExportsOpenWithTheirPassword(t *testing.T) {
	salt, nonce := bytes.Repeat([]byte{3}, 16), bytes.Repeat([]byte{5}, nonceSize)
	block, err := aes.NewCipher(argon2.IDKey([]byte("secret"), salt, passes, memory, lanes, 32))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	sealed := aead.Seal(bytes.Clone(nonce), nonce, foreigntest.File(t, "plain.json"), []byte(extra))
	write := func(content []byte) []byte {
		file, err := json.Marshal(map[string]any{"version": 1, "salt": base64.StdEncoding.EncodeToString(salt), "content": base64.StdEncoding.EncodeToString(content)})
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	foreigntest.Want(t, foreigntest.Read(t, Format(), write(sealed), "secret"), want, []string{"empty: link-secret-missing"})
	if _, err := foreigntest.Try(t, Format(), write(sealed), "another"); !errors.Is(err, foreign.ErrWrongPassword) {
		t.Errorf("another password: %v, want ErrWrongPassword", err)
	}
	sealed[40] ^= 1
	if _, err := foreigntest.Try(t, Format(), write(sealed), "secret"); !errors.Is(err, foreign.ErrDamaged) {
		t.Errorf("one bit flipped: %v, want ErrDamaged", err)
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

package andotp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestDefaultsAreThoseOfTheApplication(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "plain.json"), "")
	foreigntest.Want(t, got,
		[]string{
			"Example|alice totp SHA1/6/30 tags=Work,Home",
			"|old totp SHA1/6/30",
		},
		[]string{"none: counter-missing"})
}

// seal writes what andOTP's description says, old or new.
func seal(t *testing.T, plain []byte, password string, rounds int) []byte {
	t.Helper()
	nonce, salt := bytes.Repeat([]byte{7}, nonceSize), bytes.Repeat([]byte{9}, saltSize)
	old := sha256.Sum256([]byte(password))
	key, head := old[:], []byte(nil)
	if rounds > 0 {
		var err error
		if key, err = pbkdf2.Key(sha1.New, password, salt, rounds, 32); err != nil {
			t.Fatal(err)
		}
		head = append(binary.BigEndian.AppendUint32(nil, uint32(rounds)), salt...)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(head, nonce...), aead.Seal(nil, nonce, plain, nil)...)
}

func TestBothDerivationsOpen(t *testing.T) {
	plain := foreigntest.File(t, "plain.json")
	for name, rounds := range map[string]int{"old": 0, "new": 1000} {
		t.Run(name, func(t *testing.T) {
			file := seal(t, plain, "secret", rounds)
			if got := foreigntest.Read(t, Format(), file, "secret"); len(got.Entries) != 2 {
				t.Errorf("%d entries, want 2", len(got.Entries))
			}
			if _, err := foreigntest.Try(t, Format(), file, "another"); !errors.Is(err, foreign.ErrWrongPassword) {
				t.Errorf("another password: %v, want ErrWrongPassword", err)
			}
			flipped := bytes.Clone(file)
			flipped[len(flipped)-40] ^= 1
			if _, err := foreigntest.Try(t, Format(), flipped, "secret"); !errors.Is(err, foreign.ErrDamaged) {
				t.Errorf("one bit of text flipped: %v, want ErrDamaged", err)
			}
			if _, err := foreigntest.Try(t, Format(), file[:len(file)-9], "secret"); !errors.Is(err, foreign.ErrDamaged) {
				t.Errorf("end cut off: %v, want ErrDamaged", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "secret") }

package totpauthenticator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const accounts = `[{"issuer":"Example","name":"alice","key":"3132333435363738393031323334353637383930","base":16,"digits":"","period":""},` +
	`{"issuer":"Unknown","name":"bob","key":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","base":32,"digits":"8","period":"60","isFavorite":true},` +
	`{"issuer":"","name":"base","key":"xx","base":85,"digits":"","period":""},` +
	`{"issuer":"","name":"hex","key":"xx","base":16,"digits":"","period":""}]`

func seal(t testing.TB, password, text string) []byte {
	t.Helper()
	key := sha256.Sum256([]byte(password))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	pad := blockSize - len(text)%blockSize
	b := []byte(text + strings.Repeat(string(rune(pad)), pad))
	cipher.NewCBCEncrypter(block, make([]byte, blockSize)).CryptBlocks(b, b)
	return []byte(base64.StdEncoding.EncodeToString(b))
}

func object(inner string) string { return fmt.Sprintf("{%q:\"1677872756\"}", inner) }

func TestBackupsWithoutAPasswordHaveAFixedOne(t *testing.T) {
	want := []string{"Example|alice totp SHA1/6/30", "|bob totp SHA1/8/60 pinned"}
	refused := []string{"base: secret-unreadable", "hex: secret-unreadable"}
	foreigntest.Want(t, foreigntest.Read(t, Format(), seal(t, fixedPassword, object(accounts)), ""), want, refused)

	locked := seal(t, "secret", object(accounts))
	foreigntest.Want(t, foreigntest.Read(t, Format(), locked, "secret"), want, refused)
	if _, err := foreigntest.Try(t, Format(), locked, ""); !errors.Is(err, foreign.ErrPasswordNeeded) {
		t.Errorf("no password: %v, want ErrPasswordNeeded", err)
	}
	if _, err := foreigntest.Try(t, Format(), locked, "another"); !errors.Is(err, foreign.ErrWrongPassword) {
		t.Errorf("another password: %v, want ErrWrongPassword", err)
	}
}

func TestDamageWithinIsNotAWrongPassword(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(string(seal(t, "secret", object(accounts))))
	if err != nil {
		t.Fatal(err)
	}
	raw[100] ^= 1
	for claim, b := range map[string][]byte{"a bit flipped": raw, "the end cut off": raw[:len(raw)-16], "a part of a block cut off": raw[:len(raw)-5]} {
		if _, err := foreigntest.Try(t, Format(), []byte(base64.StdEncoding.EncodeToString(b)), "secret"); !errors.Is(err, foreign.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", claim, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	foreigntest.Fuzz(f, Format(), "secret", seal(f, "secret", object(accounts)), seal(f, fixedPassword, object("[]")))
}

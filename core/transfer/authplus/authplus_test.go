package authplus

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

// encrypt writes a database as SQLCipher 3 does. Its pages are 1,024 bytes
// with 48 in reserve, which a plain SQLite file can be asked for.
func encrypt(t testing.TB, plain []byte, password string) []byte {
	t.Helper()
	salt := bytes.Repeat([]byte{0xa7}, saltSize)
	key, err := pbkdf2.Key(sha1.New, password, salt, rounds, 32)
	if err != nil {
		t.Fatal(err)
	}
	masked := bytes.Repeat([]byte{0xa7 ^ macMask}, saltSize)
	macKey, err := pbkdf2.Key(sha1.New, string(key), masked, macRounds, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(salt)
	for number := range len(plain) / pageSize {
		page := bytes.Clone(plain[number*pageSize : (number+1)*pageSize-reserve])
		if number == 0 {
			page = page[saltSize:]
		}
		iv := bytes.Repeat([]byte{byte(number + 1)}, ivSize)
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(page, page)
		page = append(page, iv...)
		mac := hmac.New(sha1.New, macKey)
		mac.Write(page)
		mac.Write(binary.LittleEndian.AppendUint32(nil, uint32(number)+1))
		page = append(mac.Sum(page), make([]byte, reserve-ivSize-sha1.Size)...)
		out = append(out, page...)
	}
	return out
}

// pages is a SQLite file of one empty table page that leaves the reserve free:
// what the schema holds does not matter to the cipher.
func pages() []byte {
	b := make([]byte, 4*pageSize)
	copy(b, plainHeader)
	for i := range b[100:] {
		if i%pageSize < pageSize-reserve-100 {
			b[100+i] = byte(i)
		}
	}
	return b
}

func TestEachPageProvesThePasswordByItself(t *testing.T) {
	file := encrypt(t, pages(), "secret")
	plain, err := decrypt(t.Context(), file, countersign.NewSecret([]byte("secret")))
	if err != nil || len(plain) != len(file) || !bytes.HasPrefix(plain, []byte(plainHeader)) {
		t.Fatalf("%d bytes, %v", len(plain), err)
	}
	if _, err := decrypt(t.Context(), file, countersign.NewSecret([]byte("another"))); !errors.Is(err, foreign.ErrWrongPassword) {
		t.Errorf("another password: %v, want ErrWrongPassword", err)
	}
	for claim, b := range map[string][]byte{
		"a flipped byte":    append(append(bytes.Clone(file[:2000]), file[2000]^1), file[2001:]...),
		"half a page lost":  file[:len(file)-500],
		"two pages swapped": append(append(append(bytes.Clone(file[:1024]), file[2048:3072]...), file[1024:2048]...), file[3072:]...),
	} {
		if _, err := decrypt(t.Context(), b, countersign.NewSecret([]byte("secret"))); !errors.Is(err, foreign.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", claim, err)
		}
	}
}

func TestTheArchiveIsAListOfLinks(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(listName)
	if err == nil {
		_, err = w.Write([]byte("otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example\n"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	foreigntest.Want(t, foreigntest.Read(t, Archive(), b.Bytes(), ""), []string{"Example|alice totp SHA1/6/30"}, nil)
}

func FuzzDatabase(f *testing.F) {
	foreigntest.Fuzz(f, Database(), "secret", encrypt(f, pages(), "secret"))
}

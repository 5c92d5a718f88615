package authy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestNamesComeFromWhereAuthyKeepsThem(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "plain.xml"), "")
	foreigntest.Want(t, got, []string{"Example|alice totp SHA1/6/30", "Mail|bob totp SHA1/6/30"}, nil)
}

func TestAuthysOwnAccountsChangeEveryTenSeconds(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "own.xml"), "")
	foreigntest.Want(t, got, []string{"Twitch| totp SHA1/7/10 key=00112233445566778899aabbccddeeff"}, nil)
}

const key32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// sealed writes one secret as Authy's description says.
func sealed(t *testing.T, name, password string) map[string]any {
	t.Helper()
	key, err := pbkdf2.Key(sha1.New, password, []byte("salt"), rounds, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(key32 + "\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10\x10")
	cipher.NewCBCEncrypter(block, make([]byte, ivSize)).CryptBlocks(text, text)
	return map[string]any{"name": name, "digits": 6, "salt": "salt", "encryptedSecret": base64.StdEncoding.EncodeToString(text)}
}

func file(t *testing.T, accounts ...map[string]any) []byte {
	t.Helper()
	raw, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	return []byte("<map><string name=\"" + serviceAccounts + "\">" + html.EscapeString(string(raw)) + "</string></map>")
}

func TestSecretsAreOpenedOneByOne(t *testing.T) {
	b := file(t, sealed(t, "first", "secret"), sealed(t, "second", "changed since"))
	got := foreigntest.Read(t, Format(), b, "secret")
	foreigntest.Want(t, got, []string{"|first totp SHA1/6/30"}, []string{"second: secret-damaged"})
	if _, err := foreigntest.Try(t, Format(), b, ""); !errors.Is(err, foreign.ErrPasswordNeeded) {
		t.Errorf("no password: %v, want ErrPasswordNeeded", err)
	}
	if _, err := foreigntest.Try(t, Format(), b, "another"); !errors.Is(err, foreign.ErrWrongPassword) {
		t.Errorf("another password: %v, want ErrWrongPassword", err)
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "secret") }

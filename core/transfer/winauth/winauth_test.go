package winauth

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func file(t testing.TB, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const links = "otpauth://totp/WinAuth:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6&icon=WinAuth\r\n"

func TestAnArchiveWithoutALock(t *testing.T) {
	b := file(t, "winauth-2024-01-02.txt", links)
	foreigntest.Want(t, foreigntest.Read(t, Format(), b, ""), []string{"WinAuth|alice totp SHA1/6/30"}, nil)
	foreigntest.Truncations(t, Format(), b, "")
}

func FuzzRead(f *testing.F) {
	foreigntest.Fuzz(f, Format(), "secret", file(f, "winauth-2024-01-02.txt", links))
}

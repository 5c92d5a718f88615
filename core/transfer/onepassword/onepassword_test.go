package onepassword

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func file(t testing.TB, contents []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string][]byte{outside: []byte(`{"version":3}`), inside: contents} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryCodeOfEveryVaultComesOut(t *testing.T) {
	b := file(t, foreigntest.File(t, inside))
	foreigntest.Want(t, foreigntest.Read(t, Format(), b, ""),
		[]string{
			`Example|alice totp SHA1/6/30 tags=Personal,work pinned note="a note" created=2023-11-14T22:13:20Z`,
			"Site|bob totp SHA1/8/30 tags=Personal,Archive",
		},
		[]string{"Broken: secret-not-base32"})
	foreigntest.Truncations(t, Format(), b, "")
}

func FuzzRead(f *testing.F) {
	foreigntest.Fuzz(f, Format(), "", file(f, []byte(`{"accounts":[]}`)))
}

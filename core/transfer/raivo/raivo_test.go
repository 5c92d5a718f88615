package raivo

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

var (
	wantEntries = []string{"Example|alice totp SHA1/6/30 pinned", "Example|alice hotp SHA1/6/0 counter=9"}
	wantRefused = []string{"Example: alice: digits-out-of-range"}
)

func TestEveryValueIsText(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, inside), "")
	foreigntest.Want(t, got, wantEntries, wantRefused)
}

// The lock around the archive is tested in core/transfer/archive.
func TestTheArchiveHoldsTheSame(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("Export/" + inside)
	if err == nil {
		_, err = w.Write(foreigntest.File(t, inside))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	foreigntest.Want(t, foreigntest.Read(t, Format(), b.Bytes(), ""), wantEntries, wantRefused)
	foreigntest.Truncations(t, Format(), b.Bytes(), "")
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "secret") }

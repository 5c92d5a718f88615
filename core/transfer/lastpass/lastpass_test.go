package lastpass

import (
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestFoldersTimesAndFavouritesAreKept(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "export.json"), "")
	foreigntest.Want(t, got,
		[]string{"Example|alice totp SHA1/6/30 tags=Work pinned created=2023-04-30T08:30:08.613Z"},
		[]string{"Example: alice: secret-missing", "Example: alice: group-missing"})
}

func TestAnotherVersionIsRefused(t *testing.T) {
	if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, "version9.json"), ""); !errors.Is(err, foreign.ErrUnsupported) {
		t.Errorf("err = %v, want ErrUnsupported", err)
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

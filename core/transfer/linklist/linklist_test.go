package linklist

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestWhatEnteAddsIsTakenOver(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "ente.txt"), "")
	foreigntest.Want(t, got,
		[]string{`Example|alice totp SHA1/6/30 tags=Work pinned note="a note"`},
		[]string{"Gone:bob: in-trash", "Bad: link-secret-characters", "line 5: link-not-otpauth"})
}

func TestMigrationLinks(t *testing.T) {
	file := foreigntest.File(t, "migration.txt")
	got := foreigntest.Read(t, Migration(), file, "")
	foreigntest.Want(t, got,
		[]string{"Example|alice totp SHA1/6/30 key=31323334353637383930"},
		[]string{"QR code 2 of 2: batch-missing"})
	foreigntest.Truncations(t, Migration(), file, "")
}

func TestLinksOnAPageAreItsText(t *testing.T) {
	got := foreigntest.Read(t, Page(), foreigntest.File(t, "page.html"), "")
	foreigntest.Want(t, got, []string{"Example|alice totp SHA1/6/30"}, []string{"M:bob: motp-incomplete"})
}

func TestAnAmpersandIsNotMistakenForAnEscape(t *testing.T) {
	for in, want := range map[string]string{
		"a?b=1&copy=2":         "a?b=1&copy=2",
		"a?b=1&amp;copy=2":     "a?b=1&copy=2",
		"a?b=&#34;1&amp;c=2":   `a?b="1&c=2`,
		"a?b=1&amp;c=2&copy=3": "a?b=1&amp;c=2&copy=3",
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzList(f *testing.F)      { foreigntest.Fuzz(f, Format(), "") }
func FuzzMigration(f *testing.F) { foreigntest.Fuzz(f, Migration(), "") }
func FuzzPage(f *testing.F)      { foreigntest.Fuzz(f, Page(), "") }

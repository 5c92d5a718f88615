package aegis

import (
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestOldContentHasOneGroup(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "content1.json"), "")
	foreigntest.Want(t, got, []string{`Example|alice totp SHA256/8/60 tags=Work pinned note="a note"`}, nil)
}

func TestNewContentHasManyGroupsAndBadEntriesAreNamed(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "content3.json"), "")
	foreigntest.Want(t, got,
		[]string{
			`Example|alice totp SHA256/8/60 tags=Work,Home pinned note="a note"`,
			`Example|alice hotp SHA1/6/0 counter=7 pinned note="a note"`,
		},
		[]string{
			"Example: lost: group-missing",
			"Example: odd: digits-out-of-range",
			"Example: bad: secret-not-base32",
			"Example: still: period-out-of-range",
		})
}

func TestVaultsThatNoPasswordOpensAreToldApart(t *testing.T) {
	if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, "biometric.json"), "x"); !errors.Is(err, foreign.ErrUnsupported) {
		t.Errorf("a vault for fingerprints alone: %v, want ErrUnsupported", err)
	}
	if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, "costly.json"), "x"); !errors.Is(err, foreign.ErrTooLarge) {
		t.Errorf("scrypt with N of 2^30: %v, want ErrTooLarge", err)
	}
}

func TestTruncatedVaultsAreRefused(t *testing.T) {
	foreigntest.Truncations(t, Format(), foreigntest.File(t, "content3.json"), "")
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

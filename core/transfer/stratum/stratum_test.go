package stratum

import (
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestEveryTypeIsTakenOverExactlyOrNamed(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "plain.authpro"), "")
	foreigntest.Want(t, got,
		[]string{
			"Example|alice totp SHA256/6/30 tags=Work icon=8",
			"Example|alice motp MD5/6/10 key=7ac61d4736f51a2b pin=1234 icon=8",
			"Example|alice yandex SHA256/8/30 key=58355f298236196b5496f722d7ed20da pin=7586 icon=8",
			"Example|alice steam SHA1/5/30 tags=Work icon=8",
		},
		[]string{"Example: alice: secret-not-hex", "Example: alice: type-unknown"})
}

func TestALockedFileThatBreaksOffIsDamaged(t *testing.T) {
	for _, mark := range []string{strongMark, legacyMark} {
		if _, err := foreigntest.Try(t, Format(), []byte(mark+"0123456789"), "x"); !errors.Is(err, foreign.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", mark, err)
		}
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

package bitwarden

import (
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestOrganizationsHaveCollections(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "organization.json"), "")
	foreigntest.Want(t, got,
		[]string{
			`Example|alice totp SHA1/6/30 tags=Work pinned note="a note" created=2024-01-02T03:04:05.678Z`,
			`Example|g steam SHA1/5/30 tags=Work pinned note="a note" created=2024-01-02T03:04:05.678Z`,
		},
		[]string{"Example: x: link-secret-characters", "Example: alice: group-missing"})
}

func TestTheAuthenticatorIsToldFromThePasswordStore(t *testing.T) {
	file := foreigntest.File(t, "authenticator.json")
	foreigntest.Want(t, foreigntest.Read(t, Authenticator(), file, ""),
		[]string{`Example|alice totp SHA1/6/30 pinned note="a note" created=2024-01-02T03:04:05.678Z`}, nil)
}

func TestAbsurdCostsAreRefused(t *testing.T) {
	for _, name := range []string{"costly.json", "costlyrounds.json"} {
		if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, name), "x"); !errors.Is(err, foreign.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
}

func FuzzRead(f *testing.F)          { foreigntest.Fuzz(f, Format(), "") }
func FuzzAuthenticator(f *testing.F) { foreigntest.Fuzz(f, Authenticator(), "") }

func FuzzOpenString(f *testing.F) {
	f.Add("2.AAAA|AAAA|AAAA")
	f.Fuzz(func(t *testing.T, sealed string) {
		if _, err := openString(make([]byte, 32), sealed); err != nil {
			foreigntest.Refused(t, err)
		}
	})
}

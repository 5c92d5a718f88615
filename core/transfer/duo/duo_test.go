package duo

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestPushAccountsAreNamed(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "accounts.json"), "")
	foreigntest.Want(t, got,
		[]string{"|Example totp SHA1/6/30", "|Counted hotp SHA1/6/0 counter=4"},
		[]string{"Work: push-only"})
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

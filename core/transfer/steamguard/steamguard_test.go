package steamguard

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestOneFileIsOneAccount(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "1.maFile"), "")
	foreigntest.Want(t, got, []string{"Steam|gamer steam SHA1/5/30"}, nil)
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

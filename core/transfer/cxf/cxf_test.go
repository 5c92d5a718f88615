package cxf

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestCodesComeWithWhatStandsAroundThem(t *testing.T) {
	got := foreigntest.Read(t, Format(), foreigntest.File(t, "export.json"), "")
	foreigntest.Want(t, got,
		[]string{`Ex|alice totp SHA256/6/30 tags=Top/Work,t pinned note="a note" created=2023-11-14T22:13:20Z`},
		[]string{"Odd: algorithm-unknown"})
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

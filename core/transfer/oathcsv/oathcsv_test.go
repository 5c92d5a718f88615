package oathcsv

import (
	"context"
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestBothKindsOfList(t *testing.T) {
	for _, test := range []struct {
		file             string
		entries, refused []string
	}{
		{
			"heading.csv",
			[]string{"Contoso|1234567 totp SHA1/6/60"},
			[]string{"1234568: secret-not-base32", "Contoso: serial-missing", "row: entry-unreadable"},
		},
		{
			"bare.csv",
			[]string{"|tok1 totp SHA1/6/60", "|tok2 hotp SHA1/8/0 counter=0"},
			[]string{"tok3: secret-not-hex", "tok4: period-out-of-range"},
		},
	} {
		t.Run(test.file, func(t *testing.T) {
			foreigntest.Want(t, foreigntest.Read(t, Format(), foreigntest.File(t, test.file), ""), test.entries, test.refused)
		})
	}
}

func TestTheBuyerSeesWhoAndWhat(t *testing.T) {
	got, err := Devices(context.Background(), foreigntest.File(t, "heading.csv"))
	if err != nil || len(got.Kept) != 1 {
		t.Fatalf("%d devices, %v; want 1", len(got.Kept), err)
	}
	d := got.Kept[0]
	if d.Serial != "1234567" || d.Manufacturer != "Contoso" || d.Model != "HardwareKey" || d.Holder != "helga@example.com" {
		t.Errorf("got %+v", d)
	}
}

func TestAColumnThatIsNotKnownMightChangeTheCodes(t *testing.T) {
	if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, "column.csv"), ""); !errors.Is(err, foreign.ErrUnsupported) {
		t.Errorf("err = %v, want ErrUnsupported", err)
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

package twofas

import (
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestEverySchemaIsRead(t *testing.T) {
	for _, test := range []struct {
		file             string
		entries, refused []string
	}{
		{"schema1.2fas", []string{"Example|alice totp SHA1/6/30"}, nil},
		{"schema2.2fas", []string{"Example|alice totp SHA1/6/30 tags=Work"}, nil},
		{
			"schema4.2fas",
			[]string{"Example|gamer steam SHA1/5/30", "Example|c hotp SHA1/6/0 counter=3"},
			[]string{"Example: alice: group-missing", "Example: type-unknown"},
		},
	} {
		t.Run(test.file, func(t *testing.T) {
			foreigntest.Want(t, foreigntest.Read(t, Format(), foreigntest.File(t, test.file), ""), test.entries, test.refused)
		})
	}
}

func TestASchemaOfTheFutureIsRefused(t *testing.T) {
	if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, "schema9.2fas"), ""); !errors.Is(err, foreign.ErrUnsupported) {
		t.Errorf("err = %v, want ErrUnsupported", err)
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "secret") }

package ente

import (
	"bytes"
	"errors"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestAbsurdCostsAreRefused(t *testing.T) {
	for _, name := range []string{"costly.json", "costlypasses.json"} {
		if _, err := foreigntest.Try(t, Format(), foreigntest.File(t, name), "x"); !errors.Is(err, foreign.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "") }

func FuzzPull(f *testing.F) {
	f.Add(bytes.Repeat([]byte{1}, headerSize), bytes.Repeat([]byte{2}, 100))
	f.Fuzz(func(t *testing.T, header, sealed []byte) {
		if len(header) != headerSize {
			return
		}
		if _, err := pull(make([]byte, 32), header, sealed); err != nil {
			foreigntest.Refused(t, err)
		}
	})
}

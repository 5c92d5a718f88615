package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestVectors(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("..", "..", "vectors", "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	type vector struct {
		Name, Text                string
		Entries, Devices, Imports int
	}
	var vectors struct {
		About                string
		Good, Refused, Newer []vector
	}
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields() // a vector that nobody reads tests nothing
	if err := d.Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Good) == 0 || len(vectors.Refused) == 0 || len(vectors.Newer) == 0 {
		t.Fatal("a list of vectors is empty")
	}
	for _, v := range vectors.Good {
		c, err := Parse([]byte(v.Text))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if len(c.Entries) != v.Entries || len(c.Devices) != v.Devices || len(c.Imports) != v.Imports {
			t.Errorf("%s: got %d entries, %d devices, %d imports", v.Name, len(c.Entries), len(c.Devices), len(c.Imports))
		}
		if again, err := c.Bytes(); err != nil || string(again) != v.Text {
			t.Errorf("%s: written again as %s, %v", v.Name, again, err)
		}
	}
	for _, v := range vectors.Refused {
		if _, err := Parse([]byte(v.Text)); !errors.Is(err, countersign.ErrMalformed) || errors.Is(err, ErrNewer) {
			t.Errorf("%s: got %v, want malformed", v.Name, err)
		}
	}
	for _, v := range vectors.Newer {
		if _, err := Parse([]byte(v.Text)); !errors.Is(err, ErrNewer) {
			t.Errorf("%s: got %v, want newer", v.Name, err)
		}
	}
}

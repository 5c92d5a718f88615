package foreign

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Preference is one text of an Android preferences file.
type Preference struct{ Name, Value string }

// maxPreferences is beyond any application's own settings and accounts.
const maxPreferences = 100_000

// Preferences reads the file as Android preferences (<map><string name="…">…)
// and gives its texts in their order, if one of them has the name that marks
// the format. Numbers and switches are passed over.
func (f *File) Preferences(mark string) ([]Preference, bool) {
	// The mark stands in the file as it is; looking for it first keeps a large
	// XML file of another kind from being read once per format.
	if f.isJSON || !bytes.Contains(f.Bytes, []byte("<map")) || !bytes.Contains(f.Bytes, []byte(mark)) {
		return nil, false
	}
	preferences, err := readPreferences(f.Bytes)
	if err != nil {
		return nil, false
	}
	for _, p := range preferences {
		if p.Name == mark {
			return preferences, true
		}
	}
	return nil, false
}

var errPreferences = errors.New("not Android preferences")

func readPreferences(b []byte) ([]Preference, error) {
	decoder := xml.NewDecoder(bytes.NewReader(b))
	var out []Preference
	var open *Preference
	depth := 0
	for {
		// Token expands no entities of its own making and fetches nothing.
		t, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 || open != nil {
				return nil, errPreferences
			}
			return out, nil
		}
		if err != nil {
			return nil, errPreferences
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			if (depth == 1) != (t.Name.Local == "map") || depth > 3 || len(out) > maxPreferences {
				return nil, errPreferences
			}
			if depth == 2 && t.Name.Local == "string" {
				open = &Preference{Name: attribute(t, "name")}
			}
		case xml.EndElement:
			if depth == 2 && open != nil {
				out = append(out, *open)
				open = nil
			}
			if depth--; depth < 0 {
				return nil, errPreferences
			}
		case xml.CharData:
			if depth == 2 && open != nil {
				open.Value += string(t)
			} else if strings.TrimSpace(string(t)) != "" && depth < 2 {
				return nil, errPreferences
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

package keepass

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// maxDepth bounds groups in groups; nobody nests them beyond twenty.
const maxDepth = 200

// record is what an entry says that matters here.
type record struct {
	fields  map[string]string
	groups  []string // from below the root, outermost first
	tags    string
	icon    string
	created time.Time
}

// document walks the XML in one pass. Protected values must be decrypted in
// the order of the file whether or not they are wanted: the cipher is a stream.
type document struct {
	cipher  protection
	bin     string            // UUID of the recycle bin
	icons   map[string]string // UUID to base64
	records []record
	open    []string // element names from the root
	groups  []group
	current *record
	history int // depth of open History elements

	text      strings.Builder
	protected bool
	key       string // of the String element that is open
	value     string
	iconID    string
	iconBytes string
}

type group struct {
	uuid, name string
}

func walk(r io.Reader, cipher protection) (*document, error) {
	d := &document{cipher: cipher, icons: map[string]string{}}
	decoder := xml.NewDecoder(r)
	for {
		t, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return nil, passOn(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(d.open) >= maxDepth {
				return nil, foreign.TooLarge("its groups are nested deeper than 200 levels")
			}
			d.start(t)
		case xml.CharData:
			d.text.Write(t)
		case xml.EndElement:
			if err := d.end(t.Name.Local); err != nil {
				return nil, err
			}
		}
	}
}

func (d *document) start(t xml.StartElement) {
	d.open = append(d.open, t.Name.Local)
	d.text.Reset()
	d.protected = false
	switch t.Name.Local {
	case "Group":
		d.groups = append(d.groups, group{})
	case "History":
		d.history++
	case "Entry":
		if d.history == 0 {
			d.current = &record{fields: map[string]string{}}
		}
	case "String":
		d.key, d.value = "", ""
	case "Icon":
		d.iconID, d.iconBytes = "", ""
	case "Value":
		for _, a := range t.Attr {
			if a.Name.Local == "Protected" && strings.EqualFold(a.Value, "true") {
				d.protected = true
			}
		}
	}
}

// parent is the element around the one that is closing.
func (d *document) parent() string {
	if len(d.open) < 2 {
		return ""
	}
	return d.open[len(d.open)-2]
}

func (d *document) end(name string) error {
	text := d.text.String()
	parent := d.parent()
	d.open = d.open[:len(d.open)-1]
	d.text.Reset()
	switch name {
	case "Value":
		return d.endValue(text, parent)
	case "History":
		d.history--
	case "Group":
		d.groups = d.groups[:len(d.groups)-1]
	case "Entry":
		d.endEntry()
	default:
		d.endOther(name, parent, text)
	}
	return nil
}

func (d *document) endValue(text, parent string) error {
	if d.protected {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return foreign.Damaged("one of its fields is not base64", err)
		}
		d.cipher.XORKeyStream(raw, raw)
		text = string(raw)
		d.protected = false
	}
	if parent == "String" {
		d.value = text
	}
	return nil
}

func (d *document) endEntry() {
	if d.history > 0 || d.current == nil {
		return
	}
	if !d.deleted() {
		for i, g := range d.groups {
			if i > 0 && g.name != "" { // the root group is the database itself
				d.current.groups = append(d.current.groups, g.name)
			}
		}
		d.records = append(d.records, *d.current)
	}
	d.current = nil
}

func (d *document) deleted() bool {
	for _, g := range d.groups {
		if d.bin != "" && g.uuid == d.bin {
			return true
		}
	}
	return false
}

// noUUID is how KeePass writes that there is none.
const noUUID = "AAAAAAAAAAAAAAAAAAAAAA=="

func (d *document) endOther(name, parent, text string) {
	inEntry := d.current != nil && d.history == 0
	switch {
	case name == "RecycleBinUUID" && parent == "Meta" && strings.TrimSpace(text) != noUUID:
		d.bin = strings.TrimSpace(text)
	case parent == "Icon" && name == "UUID":
		d.iconID = strings.TrimSpace(text)
	case parent == "Icon" && name == "Data":
		d.iconBytes = strings.TrimSpace(text)
	case name == "Icon" && d.iconID != "":
		d.icons[d.iconID] = d.iconBytes
	case parent == "Group" && name == "UUID" && len(d.groups) > 0:
		d.groups[len(d.groups)-1].uuid = strings.TrimSpace(text)
	case parent == "Group" && name == "Name" && len(d.groups) > 0:
		d.groups[len(d.groups)-1].name = text
	case parent == "String" && name == "Key":
		d.key = text
	case name == "String" && inEntry && d.key != "":
		d.current.fields[d.key] = d.value
	case parent == "Entry" && name == "Tags" && inEntry:
		d.current.tags = text
	case parent == "Entry" && name == "CustomIconUUID" && inEntry:
		d.current.icon = strings.TrimSpace(text)
	case parent == "Times" && name == "CreationTime" && inEntry:
		d.current.created = readTime(strings.TrimSpace(text))
	}
}

// readTime reads KDBX 4's seconds since the year 1, base64, or its older
// spelling; a time that is neither is left out.
func readTime(text string) time.Time {
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil && len(raw) == 8 {
		var seconds int64
		for i := 7; i >= 0; i-- {
			seconds = seconds<<8 | int64(raw[i])
		}
		const yearOneToUnix = 62_135_596_800
		if seconds <= 0 || seconds > 1<<40 {
			return time.Time{}
		}
		return time.Unix(seconds-yearOneToUnix, 0).UTC()
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

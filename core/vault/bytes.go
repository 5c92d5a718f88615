package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	countersign "github.com/countersign-id/countersign"
)

const (
	format  = "countersign/vault"
	version = 1
)

// Bytes is the canonical spelling of c. It holds every secret of the vault in
// the clear.
func (c *Content) Bytes() ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	w := &canonical{}
	w.open('{')
	w.name("devices")
	w.open('[')
	for i := range c.Devices {
		writeDevice(w, &c.Devices[i])
	}
	w.close(']')
	w.name("entries")
	w.open('[')
	for i := range c.Entries {
		writeEntry(w, &c.Entries[i])
	}
	w.close(']')
	w.text("format", format)
	w.name("imports")
	w.open('[')
	for i := range c.Imports {
		writeImport(w, &c.Imports[i])
	}
	w.close(']')
	w.number("version", version)
	w.close('}')
	if len(w.out) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(w.out))
	}
	return w.out, nil
}

func writeEntry(w *canonical, e *countersign.Entry) {
	w.comma()
	w.open('{')
	w.text("algorithm", string(e.Algorithm))
	// A string: a counter has 64 bits, a number in JavaScript 53.
	w.text("counter", strconv.FormatUint(e.Counter, 10))
	w.time("created", e.Created)
	w.number("digits", int64(e.Digits))
	w.bytes("icon", e.Icon)
	w.text("id", e.ID)
	w.text("issuer", e.Issuer)
	w.text("label", e.Label)
	w.text("note", e.Note)
	w.number("period", int64(e.Period))
	w.bytes("pin", e.PIN.Reveal())
	w.boolean("pinned", e.Pinned)
	w.bytes("secret", e.Secret.Reveal())
	w.texts("tags", e.Tags)
	w.text("type", string(e.Type))
	w.close('}')
}

func writeDevice(w *canonical, d *Device) {
	w.comma()
	w.open('{')
	w.text("account_id", d.AccountID)
	w.text("account_name", d.AccountName)
	w.time("enrolled", d.Enrolled)
	w.text("id", d.ID)
	w.text("issuer", d.Issuer)
	w.bytes("key", d.Key.Reveal())
	w.text("name", d.Name)
	w.text("platform", string(d.Platform))
	w.text("safety", d.Safety)
	w.text("server_name", d.ServerName)
	w.text("state", string(d.State))
	w.close('}')
}

func writeImport(w *canonical, m *Import) {
	w.comma()
	w.open('{')
	w.time("at", m.At)
	w.texts("entries", m.Entries)
	w.text("format", m.Format)
	w.text("id", m.ID)
	w.text("source", m.Source)
	w.close('}')
}

// The shapes that Parse reads into. What they do not catch by themselves
// (another order, a duplicate, a missing member, a second spelling of a
// string), the comparison at the end of Parse does.
type contentWire struct {
	Devices []deviceWire `json:"devices"`
	Entries []entryWire  `json:"entries"`
	Format  string       `json:"format"`
	Imports []importWire `json:"imports"`
	Version int          `json:"version"`
}

type entryWire struct {
	Algorithm string   `json:"algorithm"`
	Counter   string   `json:"counter"`
	Created   int64    `json:"created"`
	Digits    int      `json:"digits"`
	Icon      string   `json:"icon"`
	ID        string   `json:"id"`
	Issuer    string   `json:"issuer"`
	Label     string   `json:"label"`
	Note      string   `json:"note"`
	Period    int      `json:"period"`
	PIN       string   `json:"pin"`
	Pinned    bool     `json:"pinned"`
	Secret    string   `json:"secret"`
	Tags      []string `json:"tags"`
	Type      string   `json:"type"`
}

type deviceWire struct {
	AccountID   string `json:"account_id"`
	AccountName string `json:"account_name"`
	Enrolled    int64  `json:"enrolled"`
	ID          string `json:"id"`
	Issuer      string `json:"issuer"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	Platform    string `json:"platform"`
	Safety      string `json:"safety"`
	ServerName  string `json:"server_name"`
	State       string `json:"state"`
}

type importWire struct {
	At      int64    `json:"at"`
	Entries []string `json:"entries"`
	Format  string   `json:"format"`
	ID      string   `json:"id"`
	Source  string   `json:"source"`
}

// Parse reads what Bytes wrote and nothing else: a content that parses has
// exactly these bytes. A newer version is ErrNewer; everything else is
// ErrMalformed. Nothing is ever returned beside an error.
func Parse(b []byte) (*Content, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))
	}
	// The version first and leniently: a newer format may have members that
	// this build does not know, and the person must hear "newer", not "broken".
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("%w: not JSON of this format", ErrMalformed) // the cause may quote content
	}
	if head.Format != format || head.Version < 1 {
		return nil, fmt.Errorf("%w: another format", ErrMalformed)
	}
	if head.Version > version {
		return nil, fmt.Errorf("%w: version %d, this build knows %d", ErrNewer, head.Version, version)
	}
	var wire contentWire
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&wire); err != nil {
		return nil, fmt.Errorf("%w: not JSON of this format", ErrMalformed)
	}
	c, err := wire.content()
	if err != nil {
		return nil, err
	}
	again, err := c.Bytes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%w: not in canonical form", ErrMalformed)
	}
	return c, nil
}

func (w *contentWire) content() (*Content, error) {
	c := &Content{}
	for i := range w.Entries {
		e, err := w.Entries[i].entry()
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		c.Entries = append(c.Entries, e)
	}
	for i := range w.Devices {
		d := &w.Devices[i]
		key, err := secret(d.Key)
		if err != nil {
			return nil, fmt.Errorf("device %d: %w", i+1, err)
		}
		c.Devices = append(c.Devices, Device{
			Issuer: d.Issuer, ServerName: d.ServerName, ID: d.ID, AccountID: d.AccountID,
			AccountName: d.AccountName, Name: d.Name, Platform: countersign.Platform(d.Platform),
			State: countersign.DeviceState(d.State), Safety: d.Safety, Key: key,
			Enrolled: instant(d.Enrolled),
		})
	}
	for _, m := range w.Imports {
		c.Imports = append(c.Imports, Import{
			ID: m.ID, At: instant(m.At), Source: m.Source, Format: m.Format, Entries: m.Entries,
		})
	}
	return c, nil
}

func (w *entryWire) entry() (countersign.Entry, error) {
	var none countersign.Entry
	counter, err := strconv.ParseUint(w.Counter, 10, 64)
	if err != nil {
		return none, fmt.Errorf("%w: counter", ErrMalformed)
	}
	key, err := secret(w.Secret)
	if err != nil {
		return none, err
	}
	pin, err := secret(w.PIN)
	if err != nil {
		return none, err
	}
	icon, err := base64.RawURLEncoding.DecodeString(w.Icon)
	if err != nil {
		return none, fmt.Errorf("%w: icon", ErrMalformed)
	}
	if len(icon) == 0 {
		icon = nil
	}
	tags := w.Tags
	if len(tags) == 0 {
		tags = nil
	}
	return countersign.Entry{
		ID: w.ID, Type: countersign.EntryType(w.Type), Issuer: w.Issuer, Label: w.Label,
		Secret: key, Algorithm: countersign.Algorithm(w.Algorithm), Digits: w.Digits,
		Period: w.Period, Counter: counter, PIN: pin, Note: w.Note, Tags: tags,
		Pinned: w.Pinned, Icon: icon, Created: instant(w.Created),
	}, nil
}

func secret(wire string) (countersign.Secret, error) {
	b, err := base64.RawURLEncoding.DecodeString(wire)
	if err != nil {
		return countersign.Secret{}, fmt.Errorf("%w: not base64url", ErrMalformed)
	}
	if len(b) == 0 {
		return countersign.Secret{}, nil
	}
	return countersign.NewSecret(b), nil
}

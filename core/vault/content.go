package vault

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// What Parse and Bytes refuse.
var (
	ErrMalformed = fmt.Errorf("vault: %w", countersign.ErrMalformed)
	ErrNewer     = errors.New("vault: written by a newer version")
)

// Limits of a vault. They bound what a damaged or hostile file can make us
// hold; each is far above what a person has.
const (
	MaxBytes   = 64 << 20 // of canonical content
	MaxEntries = 20_000   // a thousand times one person's
	MaxDevices = 1_000
	MaxImports = 20 // older ones can no longer be undone
	MaxText    = 16 << 10
	MaxSecret  = 4 << 10 // RFC 4226 asks for 16 bytes or more; the longest seen is 128
	MaxIcon    = 1 << 20
	MaxTags    = 100
)

// Content is everything a vault holds, in the order in which the person has
// it.
type Content struct {
	Entries []countersign.Entry
	Devices []Device
	Imports []Import
}

// Device is this installation as one server knows it: one account there, one
// key of its own. It does not leave the device in a backup.
type Device struct {
	Issuer      string
	ServerName  string
	ID          string
	AccountID   string
	AccountName string
	Name        string // of this device, as the server lists it
	Platform    countersign.Platform
	State       countersign.DeviceState
	Safety      string             // the safety code, while it waits to be typed; "" after
	Key         countersign.Secret // P-256 private scalar, 32 bytes
	Enrolled    time.Time
}

// Import is the record that lets one import be undone.
type Import struct {
	ID      string
	At      time.Time
	Source  string // the file's name, without its folder
	Format  string
	Entries []string // identities of the entries it brought
}

// Check reports why c cannot be written, or nil. Whatever passes is read back
// as it was.
func (c *Content) Check() error {
	if len(c.Entries) > MaxEntries || len(c.Devices) > MaxDevices || len(c.Imports) > MaxImports {
		return fmt.Errorf("%w: more than a vault holds", ErrMalformed)
	}
	seen := make(map[string]bool, len(c.Entries))
	for i := range c.Entries {
		e := &c.Entries[i]
		if err := CheckEntry(e); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		// One identity for two entries would let an edit or a merge overwrite
		// the other (check A6).
		if seen[e.ID] {
			return fmt.Errorf("entry %d: %w: its identity is taken", i+1, ErrMalformed)
		}
		seen[e.ID] = true
	}
	type place struct{ issuer, id string }
	places := make(map[place]bool, len(c.Devices))
	for i := range c.Devices {
		d := &c.Devices[i]
		if err := checkDevice(d); err != nil {
			return fmt.Errorf("device %d: %w", i+1, err)
		}
		if places[place{d.Issuer, d.ID}] {
			return fmt.Errorf("device %d: %w: listed twice", i+1, ErrMalformed)
		}
		places[place{d.Issuer, d.ID}] = true
	}
	for i := range c.Imports {
		if err := checkImport(&c.Imports[i]); err != nil {
			return fmt.Errorf("import %d: %w", i+1, err)
		}
	}
	return nil
}

// CheckEntry reports why e cannot be kept, or nil. It asks whether the vault
// can hold the entry, not whether core/otp can make its codes.
func CheckEntry(e *countersign.Entry) error {
	if err := countersign.CheckID(e.ID); err != nil {
		return fmt.Errorf("%w: identity", ErrMalformed)
	}
	switch e.Type {
	case countersign.TOTP, countersign.HOTP, countersign.Steam, countersign.MOTP, countersign.Yandex:
	default:
		return fmt.Errorf("%w: type %q", ErrMalformed, e.Type)
	}
	switch e.Algorithm {
	case countersign.SHA1, countersign.SHA256, countersign.SHA512, countersign.MD5:
	default:
		return fmt.Errorf("%w: algorithm %q", ErrMalformed, e.Algorithm)
	}
	if e.Digits < 1 || e.Digits > 10 {
		return fmt.Errorf("%w: %d digits", ErrMalformed, e.Digits)
	}
	if e.Period < 0 || e.Period > 300 || (e.Period == 0) != (e.Type == countersign.HOTP) {
		return fmt.Errorf("%w: period of %d s", ErrMalformed, e.Period)
	}
	if e.Secret.Len() == 0 || e.Secret.Len() > MaxSecret || e.PIN.Len() > MaxSecret {
		return fmt.Errorf("%w: length of the key", ErrMalformed)
	}
	if len(e.Icon) > MaxIcon || len(e.Tags) > MaxTags {
		return fmt.Errorf("%w: icon or tags", ErrMalformed)
	}
	for _, text := range append([]string{e.Issuer, e.Label, e.Note}, e.Tags...) {
		if err := checkText(text); err != nil {
			return err
		}
	}
	return checkTime(e.Created)
}

func checkDevice(d *Device) error {
	for _, text := range []string{d.Issuer, d.ServerName, d.AccountName, d.Name} {
		if err := checkText(text); err != nil {
			return err
		}
	}
	if d.Issuer == "" {
		return fmt.Errorf("%w: no issuer", ErrMalformed)
	}
	if countersign.CheckID(d.ID) != nil || countersign.CheckID(d.AccountID) != nil {
		return fmt.Errorf("%w: identity", ErrMalformed)
	}
	if !d.Platform.Known() {
		return fmt.Errorf("%w: platform %q", ErrMalformed, d.Platform)
	}
	switch d.State {
	case countersign.DevicePending, countersign.DeviceActive, countersign.DeviceRevoked:
	default:
		return fmt.Errorf("%w: state %q", ErrMalformed, d.State)
	}
	if len(d.Safety) != 0 && len(d.Safety) != 6 {
		return fmt.Errorf("%w: safety code", ErrMalformed)
	}
	if err := checkText(d.Safety); err != nil {
		return err
	}
	if d.Key.Len() != 32 {
		return fmt.Errorf("%w: device key", ErrMalformed)
	}
	return checkTime(d.Enrolled)
}

func checkImport(m *Import) error {
	if countersign.CheckID(m.ID) != nil {
		return fmt.Errorf("%w: identity", ErrMalformed)
	}
	if len(m.Entries) > MaxEntries {
		return fmt.Errorf("%w: more than a vault holds", ErrMalformed)
	}
	for _, id := range m.Entries {
		if countersign.CheckID(id) != nil {
			return fmt.Errorf("%w: identity", ErrMalformed)
		}
	}
	if err := checkText(m.Source); err != nil {
		return err
	}
	if err := checkText(m.Format); err != nil {
		return err
	}
	return checkTime(m.At)
}

func checkText(s string) error {
	if len(s) > MaxText {
		return fmt.Errorf("%w: text of %d bytes", ErrMalformed, len(s))
	}
	// JSON has no spelling for other bytes; replacing them would change a name
	// in silence.
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: text is not UTF-8", ErrMalformed)
	}
	return nil
}

// checkTime refuses what milliseconds in a float (JavaScript's numbers) cannot
// spell.
func checkTime(t time.Time) error {
	if ms := milliseconds(t); ms < 0 || ms > 1<<53-1 {
		return fmt.Errorf("%w: time", ErrMalformed)
	}
	return nil
}

// milliseconds is t as the content spells it; 0 means unknown.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

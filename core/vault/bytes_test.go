package vault

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func id(n byte) string { return countersign.IDOf([16]byte{n}) }

func entry(n byte) countersign.Entry {
	return countersign.Entry{
		ID: id(n), Type: countersign.TOTP, Issuer: "GitHub", Label: "mara",
		Secret: countersign.NewSecret([]byte("12345678901234567890")), Algorithm: countersign.SHA1,
		Digits: 6, Period: 30, Created: time.UnixMilli(1790000000000).UTC(),
	}
}

// full has one of everything, and the strings that encoders disagree about.
func full() *Content {
	hotp := entry(2)
	hotp.Type, hotp.Period, hotp.Counter = countersign.HOTP, 0, math.MaxUint64
	odd := entry(3)
	odd.Issuer = "a\u2028b\u2029c\x7f\x01\x1f\b\t\n\f\r\"\\/<>&\u202e😀"
	odd.Label = "GitHub:mara:two"
	odd.PIN = countersign.NewSecret([]byte("1234"))
	odd.Note = "line\nline"
	odd.Tags = []string{"work", "", "work"}
	odd.Pinned = true
	odd.Icon = []byte{0x89, 'P', 'N', 'G', 0}
	odd.Created = time.Time{}
	return &Content{
		Entries: []countersign.Entry{entry(1), hotp, odd},
		Devices: []Device{{
			Issuer: "https://id.example.org", ServerName: "Example Org", ID: id(9), AccountID: id(8),
			AccountName: "mara", Name: "laptop", Platform: countersign.Desktop,
			State: countersign.DevicePending, Safety: "048213",
			Key:      countersign.NewSecret(bytes.Repeat([]byte{7}, 32)),
			Enrolled: time.UnixMilli(1790000000123).UTC(),
		}},
		Imports: []Import{{
			ID: id(7), At: time.UnixMilli(1790000000456).UTC(), Source: "aegis.json", Format: "aegis",
			Entries: []string{id(2), id(3)},
		}},
	}
}

func TestContentComesBackAsItWas(t *testing.T) {
	for name, c := range map[string]*Content{"full": full(), "empty": {}} {
		b, err := c.Bytes()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, c) {
			t.Errorf("%s: came back different", name)
		}
	}
}

// RFC 8785: the spelling itself is the contract with app/src/lib/vault.
func TestCanonicalSpelling(t *testing.T) {
	b, err := (&Content{Entries: full().Entries[2:]}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"devices":[],"entries":[{"algorithm":"SHA1","counter":"0","created":0,"digits":6,` +
		`"icon":"iVBORwA","id":"` + id(3) + `","issuer":"a` + "\u2028b\u2029c\x7f" + `\u0001\u001f\b\t\n\f\r\"\\/<>&` + "\u202e😀" + `",` +
		`"label":"GitHub:mara:two","note":"line\nline","period":30,"pin":"MTIzNA","pinned":true,` +
		`"secret":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA","tags":["work","","work"],"type":"totp"}],` +
		`"format":"countersign/vault","imports":[],"version":1}`
	if got := string(b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Check A6: the reference system overwrites one of them.
func TestSameIssuerAndLabelStayTwoEntries(t *testing.T) {
	b, err := (&Content{Entries: []countersign.Entry{entry(1), entry(2)}}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Entries) != 2 {
		t.Fatalf("got %d entries, want 2", len(c.Entries))
	}
}

func TestParseRefusesEverySpellingButOne(t *testing.T) {
	good, err := full().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				panic("the content has no " + old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	for name, change := range map[string]func(string) string{
		"bytes after the content":  func(s string) string { return s + "\n" },
		"a second content":         func(s string) string { return s + s },
		"a space":                  swap(`"digits":6`, `"digits": 6`),
		"an unknown member":        swap(`"digits":6`, `"colour":1,"digits":6`),
		"a duplicate member":       swap(`"digits":6`, `"digits":6,"digits":6`),
		"a missing member":         swap(`"pinned":false,`, ``),
		"members in another order": swap(`"note":"","period":30`, `"period":30,"note":""`),
		"a name in capitals":       swap(`"digits"`, `"Digits"`),
		"null for a list":          swap(`"tags":[]`, `"tags":null`),
		"a number as a float":      swap(`"digits":6`, `"digits":6.0`),
		"an exponent":              swap(`"period":30`, `"period":3e1`),
		"a needless escape":        swap(`"GitHub"`, `"\u0047itHub"`),
		"an escaped slash":         swap(`\\/`, `\\\/`),
		"a lone surrogate":         swap(`"GitHub"`, `"\ud800"`),
		"bytes that are not UTF-8": swap(`"GitHub"`, "\"\xff\""),
		"padding on a secret":      swap(`MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"`, `MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="`),
		"left-over bits":           swap(`MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"`, `MTIzNDU2Nzg5MDEyMzQ1Njc4OTB"`),
		"a line break in a secret": swap(`MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"`, `MTIz\nNDU2Nzg5MDEyMzQ1Njc4OTA"`),
		"an empty secret":          swap(`"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"`, `""`),
		"a counter with a zero":    swap(`"counter":"0"`, `"counter":"00"`),
		"a counter past 64 bits":   swap(`"18446744073709551615"`, `"18446744073709551616"`),
		"an identity of two":       swap(id(2), id(1)),
		"an identity of ours not":  swap(id(1), strings.ToUpper(id(1))),
		"an unknown type":          swap(`"type":"totp"`, `"type":"rotp"`),
		"an unknown algorithm":     swap(`"SHA1"`, `"SHA3"`),
		"a period of nothing":      swap(`"period":30`, `"period":0`),
		"a negative time":          swap(`"created":1790000000000`, `"created":-1`),
		"a device key too short":   swap(`BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc`, `BwcH`),
		"another format":           swap(`"countersign/vault"`, `"countersign/backup"`),
		"version nought":           swap(`"version":1`, `"version":0`),
		"nothing":                  func(string) string { return "" },
		"null":                     func(string) string { return "null" },
		"an empty object":          func(string) string { return "{}" },
		"a list a thousand deep":   func(string) string { return strings.Repeat("[", 1000) },
		"a list a million deep":    func(string) string { return strings.Repeat("[", 1_000_000) },
		"an object a million deep": func(string) string { return strings.Repeat(`{"entries":`, 1_000_000) },
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse([]byte(change(string(good))))
			if !errors.Is(err, countersign.ErrMalformed) {
				t.Errorf("got %v, want malformed", err)
			}
			if c != nil {
				t.Error("a content came back beside the error")
			}
		})
	}
}

func TestParseRefusesEveryTruncation(t *testing.T) {
	good, err := full().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if c, err := Parse(good[:n]); err == nil || c != nil {
			t.Fatalf("the first %d of %d bytes were read", n, len(good))
		}
	}
}

func TestParseNamesANewerVersion(t *testing.T) {
	for _, b := range []string{
		`{"devices":[],"entries":[],"format":"countersign/vault","imports":[],"version":2}`,
		`{"format":"countersign/vault","unheard":[{"of":1}],"version":3}`,
	} {
		if _, err := Parse([]byte(b)); !errors.Is(err, ErrNewer) {
			t.Errorf("%s: got %v, want newer", b, err)
		}
	}
}

// Check K1: what a refusal says ends on a screen and in bug reports.
func TestRefusalsQuoteNoContent(t *testing.T) {
	good, err := full().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		bad := bytes.Clone(good)
		bad[n] ^= 0x55
		_, err := Parse(bad)
		if err == nil {
			continue
		}
		for _, canary := range []string{"MTIzNDU2", "BwcHBw", "12345678901234567890"} {
			if strings.Contains(err.Error(), canary) {
				t.Fatalf("byte %d: %v", n, err)
			}
		}
	}
}

func TestBytesRefusesWhatParseWould(t *testing.T) {
	for name, change := range map[string]func(*Content){
		"an identity taken":     func(c *Content) { c.Entries[1].ID = c.Entries[0].ID },
		"no identity":           func(c *Content) { c.Entries[0].ID = "" },
		"no secret":             func(c *Content) { c.Entries[0].Secret = countersign.Secret{} },
		"a secret too long":     func(c *Content) { c.Entries[0].Secret = countersign.NewSecret(make([]byte, MaxSecret+1)) },
		"a label not UTF-8":     func(c *Content) { c.Entries[0].Label = "\xff" },
		"a label too long":      func(c *Content) { c.Entries[0].Label = strings.Repeat("a", MaxText+1) },
		"a period on HOTP":      func(c *Content) { c.Entries[1].Period = 30 },
		"eleven digits":         func(c *Content) { c.Entries[0].Digits = 11 },
		"a time before 1970":    func(c *Content) { c.Entries[0].Created = time.UnixMilli(-1) },
		"a device twice":        func(c *Content) { c.Devices = append(c.Devices, c.Devices[0]) },
		"a device of no state":  func(c *Content) { c.Devices[0].State = "" },
		"more entries than fit": func(c *Content) { c.Entries = make([]countersign.Entry, MaxEntries+1) },
	} {
		t.Run(name, func(t *testing.T) {
			c := full()
			change(c)
			if b, err := c.Bytes(); !errors.Is(err, countersign.ErrMalformed) || b != nil {
				t.Errorf("got %v, want malformed", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range []*Content{full(), {}} {
		b, err := c.Bytes()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"format":"countersign/vault","version":2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			if c != nil {
				t.Fatal("a content came back beside an error")
			}
			return
		}
		again, err := c.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, b) {
			t.Fatal(fmt.Errorf("read and written: %q, got %q", b, again))
		}
	})
}

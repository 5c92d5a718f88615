package otpauth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestBytesThatAreNoTextAreRefused(t *testing.T) {
	for _, link := range []string{"otpauth://totp/\xff?secret=JBSWY3DP", "otpauth://totp/a?secret=JBSWY3DP&issuer=\xc3", "\xff"} {
		if _, err := Parse(link); !errors.Is(err, Encoding) {
			t.Errorf("%q: got %v, want %s", link, err, Encoding)
		}
	}
	e := countersign.Entry{Type: countersign.TOTP, Secret: countersign.NewSecret([]byte{1}), Algorithm: countersign.SHA1, Digits: 6, Period: 30, Label: "\xff"}
	if got, err := Marshal(e); !errors.Is(err, Hidden) {
		t.Errorf("got %q and %v, want %s", got, err, Hidden)
	}
}

func TestRefusalsShowNothingOfTheKey(t *testing.T) { // check K1
	const canary = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	for _, link := range []string{
		"otpauth://totp/a?" + canary,
		"otpauth://totp/a?secret=" + canary + "1",
		"otpauth://totp/a?secret=" + canary + "&secret=" + canary,
		"otpauth://totp/a?" + canary + "&" + canary,
		"otpauth://totp/a?secret=" + canary + "&digits=99",
		"otpauth://" + canary + "/a",
		canary,
	} {
		_, err := Parse(link)
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%q: got %v, want a refusal", link, err)
			continue
		}
		if text := strings.ToUpper(err.Error() + refusal.Sentence()); strings.Contains(text, canary[:8]) {
			t.Errorf("%q: the refusal says %q", link, text)
		}
	}
}

func TestTwoAccountsWithOneNameStayTwo(t *testing.T) { // check A6
	first, err := Parse("otpauth://totp/Example:alice?secret=JBSWY3DP")
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse("otpauth://totp/Example:alice?secret=GEZDGNBV")
	if err != nil {
		t.Fatal(err)
	}
	if first.Entry.ID != "" || second.Entry.ID != "" {
		t.Errorf("got identities %q and %q; a link has none to give", first.Entry.ID, second.Entry.ID)
	}
	if first.Entry.Secret.Equal(second.Entry.Secret) {
		t.Error("two keys came out as one")
	}
}

// TestLinksThatOtherAppsExported reads the otpauth lines of foreign exports.
func TestLinksThatOtherAppsExported(t *testing.T) {
	folder := os.Getenv("COUNTERSIGN_FIXTURES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "fixtures", "foreign")
	}
	for _, name := range []string{"urilist.txt", "ente.unencrypted.txt"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, os.ErrNotExist) {
			t.Skipf("FOREIGN LINKS NOT READ: %s is not here; set COUNTERSIGN_FIXTURES to the folder that holds it", name)
		}
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			link, err := Parse(line)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if link.Entry.Issuer == "" || link.Entry.Label == "" {
				t.Errorf("%s: line %d has no name", name, read+1)
			}
			read++
		}
		if read != 7 {
			t.Errorf("%s: got %d accounts, want 7", name, read)
		}
	}
}

// FuzzParse holds three promises: what is taken over makes codes, is written
// again as the same account, and our own links come back byte for byte.
func FuzzParse(f *testing.F) {
	c := readCorpus(f)
	for _, v := range c.Good {
		f.Add(v.Link)
	}
	for _, v := range c.Refused {
		f.Add(v.Link)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link, err := Parse(text)
		if err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || sentence(refusal.Code) == string(refusal.Code) {
				t.Fatalf("%v is no refusal with a sentence", err)
			}
			return
		}
		if err := link.Entry.Check(); err != nil {
			t.Fatal(err)
		}
		written, err := Marshal(link.Entry)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(written)
		if err != nil {
			t.Fatalf("%q: %v", written, err)
		}
		if got, want := vectorOf(again.Entry), vectorOf(link.Entry); got != want || len(again.Dropped) > 0 {
			t.Fatalf("%q\ngot  %+v, dropped %q\nwant %+v", written, got, again.Dropped, want)
		}
		if twice, err := Marshal(again.Entry); err != nil || twice != written {
			t.Fatalf("got  %q (%v)\nwant %q", twice, err, written)
		}
	})
}

// FuzzMarshal starts from entries: whatever is written reads as it was, but
// for the spaces around names, which the format cannot keep.
func FuzzMarshal(f *testing.F) {
	f.Add("totp", "Example", "alice", []byte("12345678901234567890"), "SHA1", 6, 30, uint64(0), "")
	f.Add("hotp", "", "a:b", []byte{1}, "SHA512", 8, 0, uint64(1<<53-1), "")
	f.Add("yandex", " C++ ", "::", make([]byte, 16), "SHA256", 8, 30, uint64(0), "1234")
	f.Add("motp", "+", "/%", []byte{2}, "MD5", 6, 10, uint64(0), " p+ n ")
	f.Fuzz(func(t *testing.T, kind, issuer, label string, secret []byte, algorithm string, digits, period int, counter uint64, pin string) {
		v := entryVector{Type: kind, Issuer: issuer, Label: label, Algorithm: algorithm, Digits: digits, Period: period}
		switch countersign.EntryType(kind) {
		case countersign.HOTP:
			v.Counter = counter
		case countersign.MOTP, countersign.Yandex:
			v.PIN = pin
		}
		e := v.entry(t)
		e.Secret = countersign.NewSecret(secret)
		written, err := Marshal(e)
		if err != nil {
			return
		}
		link, err := Parse(written)
		if err != nil {
			t.Fatalf("%q: %v", written, err)
		}
		want := vectorOf(e)
		want.Issuer, want.Label = trim(issuer), trim(label)
		if got := vectorOf(link.Entry); got != want || len(link.Dropped) > 0 {
			t.Fatalf("%q\ngot  %+v, dropped %q\nwant %+v", written, got, link.Dropped, want)
		}
	})
}

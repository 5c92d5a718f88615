package transfer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

// entries is one of everything that an entry can be.
func entries() []countersign.Entry {
	key := func() countersign.Secret { return secret("12345678901234567890") }
	return []countersign.Entry{
		{Type: countersign.TOTP, Issuer: "Example", Label: "alice", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30},
		{Type: countersign.TOTP, Issuer: "Example", Label: "alice", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30}, // twice, and both stay
		{Type: countersign.TOTP, Issuer: "Größe & <b>Co</b>", Label: "שלום?#%", Secret: secret("\x00\xff"), Algorithm: countersign.SHA512, Digits: 8, Period: 30},
		{Type: countersign.TOTP, Issuer: "Slow", Label: "a:b", Secret: key(), Algorithm: countersign.SHA256, Digits: 8, Period: 60},
		{Type: countersign.TOTP, Issuer: "Odd", Label: "ten", Secret: key(), Algorithm: countersign.SHA1, Digits: 10, Period: 300},
		{Type: countersign.TOTP, Label: "nobody", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30},
		{Type: countersign.TOTP, Label: "no:body", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30},
		{Type: countersign.TOTP, Issuer: "OnlyIssuer", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30},
		{Type: countersign.HOTP, Issuer: "Counted", Label: "c", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Counter: 1<<53 - 1},
		{Type: countersign.Steam, Issuer: "Steam", Label: "gamer", Secret: key(), Algorithm: countersign.SHA1, Digits: 5, Period: 30},
		{Type: countersign.MOTP, Issuer: "Mobile", Label: "m", Secret: key(), Algorithm: countersign.MD5, Digits: 6, Period: 10, PIN: secret("1234")},
		{Type: countersign.MOTP, Issuer: "Mobile", Label: "asks", Secret: key(), Algorithm: countersign.MD5, Digits: 6, Period: 10},
		{Type: countersign.Yandex, Issuer: "Yandex", Label: "y", Secret: secret("1234567890123456"), Algorithm: countersign.SHA256, Digits: 8, Period: 30, PIN: secret("7586")},
		{
			Type: countersign.TOTP, Issuer: "Full", Label: "everything", Secret: key(), Algorithm: countersign.SHA1, Digits: 6, Period: 30,
			Note: "a note\nof two lines", Tags: []string{"Work", "Home"}, Pinned: true, Icon: []byte("\x89PNG\r\n\x1a\nrest"),
			Created: time.Date(2024, 1, 2, 3, 4, 5, 678_000_000, time.UTC),
		},
	}
}

// without is an entry as it should come back, given what was said to be lost.
func without(t *testing.T, e countersign.Entry, lost []string) countersign.Entry {
	t.Helper()
	for _, what := range lost {
		switch what {
		case foreign.LostNote:
			e.Note = ""
		case foreign.LostTags:
			e.Tags = nil
		case foreign.LostMoreTag:
			e.Tags = e.Tags[:1]
		case foreign.LostPinned:
			e.Pinned = false
		case foreign.LostIcon:
			e.Icon = nil
		case foreign.LostCreated:
			e.Created = time.Time{}
		case foreign.LostQR:
		default:
			t.Errorf("%q is lost, which nothing here knows", what)
		}
	}
	return e
}

func TestWhatIsWrittenIsReadBackTheSame(t *testing.T) {
	for _, target := range transfer.Targets() {
		passwords := []string{"correct horse"}
		if target.Lock == foreign.NoLock {
			passwords = []string{""}
		}
		if target.Lock == foreign.OptionalLock {
			passwords = append(passwords, "")
		}
		for _, password := range passwords {
			t.Run(target.Name+"/"+password, func(t *testing.T) {
				// One at a time shows what each loses; then all at once.
				var want []string
				for _, e := range entries() {
					export := write(t, target, []countersign.Entry{e}, password)
					if len(export.Refused) == 1 {
						if export.Refused[0].Reason == "" || len(export.Lost) > 0 {
							t.Errorf("refused with too little said: %+v", export)
						}
						continue
					}
					var lost []string
					if len(export.Lost) > 0 {
						lost = export.Lost[0].Lost
					}
					want = append(want, foreigntest.Describe(without(t, e, lost)))
				}
				if len(want) < 5 {
					t.Fatalf("only %d of %d entries could be written", len(want), len(entries()))
				}
				export := write(t, target, entries(), password)
				got, err := transfer.Read(context.Background(), export.File, secret(password))
				if err != nil {
					t.Fatalf("%v\n%s", err, export.File)
				}
				if got.Format != target.Name {
					t.Errorf("read back as %q, want %q", got.Format, target.Name)
				}
				foreigntest.Want(t, got, want, nil)
				if password != "" && bytes.Contains(export.File, []byte("Example")) {
					t.Error("a locked file shows the name of an account")
				}
			})
		}
	}
}

func write(t *testing.T, target foreign.Target, e []countersign.Entry, password string) foreign.Export {
	t.Helper()
	export, err := target.Write(context.Background(), e, secret(password), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return export
}

func TestWhatATargetCannotHoldIsSaid(t *testing.T) {
	refused := map[string][]string{
		"aegis":               nil,
		"2fas":                {"digits-not-held", "name-not-held", "name-not-held", "type-not-held", "type-not-held", "type-not-held"},
		"bitwarden":           {"type-not-held", "type-not-held", "type-not-held", "type-not-held"},
		"linklist":            nil,
		"googleauthenticator": {"period-not-held", "digits-not-held", "type-not-held", "type-not-held", "type-not-held", "type-not-held"},
		"page":                nil,
	}
	lost := map[string][]string{
		"aegis":               {foreign.LostCreated},
		"2fas":                {foreign.LostNote, foreign.LostMoreTag, foreign.LostPinned, foreign.LostIcon, foreign.LostCreated},
		"bitwarden":           {foreign.LostMoreTag, foreign.LostIcon},
		"linklist":            {foreign.LostNote, foreign.LostTags, foreign.LostPinned, foreign.LostIcon, foreign.LostCreated},
		"googleauthenticator": {foreign.LostNote, foreign.LostTags, foreign.LostPinned, foreign.LostIcon, foreign.LostCreated},
		"page":                {foreign.LostNote, foreign.LostTags, foreign.LostPinned, foreign.LostIcon, foreign.LostCreated},
	}
	for _, target := range transfer.Targets() {
		export := write(t, target, entries(), "x")
		var codes []string
		for _, r := range export.Refused {
			codes = append(codes, r.Code)
		}
		slices.Sort(codes)
		want := slices.Sorted(slices.Values(refused[target.Name]))
		if !slices.Equal(codes, want) {
			t.Errorf("%s refused %v, want %v", target.Name, codes, want)
		}
		if len(export.Lost) != 1 || export.Lost[0].Name != "Full: everything" || !slices.Equal(export.Lost[0].Lost, lost[target.Name]) {
			t.Errorf("%s lost %+v, want %v of one", target.Name, export.Lost, lost[target.Name])
		}
	}
}

func TestAFaultyEntryIsNotWritten(t *testing.T) {
	e := entries()[0]
	e.Period = 0
	for _, target := range transfer.Targets() {
		export := write(t, target, []countersign.Entry{e}, "x")
		if len(export.Refused) != 1 || export.Refused[0].Name != "Example: alice" {
			t.Errorf("%s: refused %+v, want the one entry", target.Name, export.Refused)
		}
	}
}

func TestFailingRandomnessWritesNothing(t *testing.T) {
	for _, target := range transfer.Targets() {
		if target.Name == "linklist" || target.Name == "page" {
			continue // they draw none
		}
		for _, entropy := range []io.Reader{iotest.ErrReader(errors.New("no entropy")), strings.NewReader("no")} {
			export, err := target.Write(context.Background(), entries(), secret("x"), entropy)
			if err == nil || len(export.File) > 0 {
				t.Errorf("%s: %d bytes and %v, want an error and nothing", target.Name, len(export.File), err)
			}
		}
	}
}

func TestARequiredPasswordIsRequired(t *testing.T) {
	for _, target := range transfer.Targets() {
		_, err := target.Write(context.Background(), entries(), countersign.Secret{}, rand.Reader)
		if (target.Lock == foreign.RequiredLock) != errors.Is(err, transfer.ErrPasswordNeeded) {
			t.Errorf("%s without a password: %v", target.Name, err)
		}
	}
}

func TestSixtyAccountsTakeSeveralQRCodesOfAtMostTen(t *testing.T) {
	var many []countersign.Entry
	for range 60 {
		many = append(many, entries()[0])
	}
	for _, target := range transfer.Targets() {
		if target.Name != "googleauthenticator" {
			continue
		}
		export := write(t, target, many, "")
		lines := strings.Fields(string(export.File))
		if len(lines) != 6 {
			t.Errorf("%d links, want 6", len(lines))
		}
		got, err := transfer.Read(context.Background(), export.File, secret(""))
		if err != nil || len(got.Entries) != 60 || len(got.Refused) != 0 {
			t.Errorf("%d entries, %v refused, %v; want 60", len(got.Entries), got.Refused, err)
		}
		got, err = transfer.Read(context.Background(), []byte(strings.Join(lines[1:], "\n")), secret(""))
		if err != nil || len(got.Entries) != 50 || len(got.Refused) != 1 || got.Refused[0].Name != "QR code 1 of 6" {
			t.Errorf("without the first: %d entries, %v refused, %v", len(got.Entries), got.Refused, err)
		}
	}
}

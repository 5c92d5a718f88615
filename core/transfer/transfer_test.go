package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign-id/countersign/core/transfer"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestEveryFormatHasANameOfItsOwn(t *testing.T) {
	names := map[string]bool{}
	for _, f := range transfer.Formats() {
		if f.Name == "" || f.Title == "" || f.Recognise == nil || f.Read == nil || strings.ToLower(f.Name) != f.Name {
			t.Errorf("format %q is incomplete", f.Name)
		}
		if names[f.Name] {
			t.Errorf("two formats are called %q", f.Name)
		}
		names[f.Name] = true
	}
}

// madeUp is the formats' own test files and what each must be recognised as.
var madeUp = map[string]string{
	"aegis/testdata/content1.json":          "aegis",
	"aegis/testdata/content3.json":          "aegis",
	"andotp/testdata/plain.json":            "andotp",
	"authy/testdata/plain.xml":              "authy",
	"authy/testdata/own.xml":                "authy",
	"bitwarden/testdata/organization.json":  "bitwarden",
	"bitwarden/testdata/authenticator.json": "bitwardenauthenticator",
	"cxf/testdata/export.json":              "cxf",
	"duo/testdata/accounts.json":            "duo",
	"ente/testdata/costly.json":             "ente",
	"freeotp/testdata/plus.json":            "freeotpplus",
	"freeotp/testdata/tokens.xml":           "freeotp1",
	"lastpass/testdata/export.json":         "lastpass",
	"linklist/testdata/ente.txt":            "linklist",
	"linklist/testdata/migration.txt":       "googleauthenticator",
	"linklist/testdata/page.html":           "page",
	"oathcsv/testdata/heading.csv":          "oathcsv",
	"oathcsv/testdata/bare.csv":             "oathcsv",
	"proton/testdata/plain.json":            "proton",
	"pskc/testdata/figure6.xml":             "pskc",
	"pskc/testdata/figure7.xml":             "pskc",
	"pskc/testdata/plain.xml":               "pskc",
	"raivo/testdata/raivo-otp-export.json":  "raivo",
	"steamguard/testdata/1.maFile":          "steam",
	"stratum/testdata/plain.authpro":        "stratum",
	"twofas/testdata/schema1.2fas":          "2fas",
	"twofas/testdata/schema4.2fas":          "2fas",
}

func TestNoFormatIsTakenForAnother(t *testing.T) {
	for file, want := range madeUp {
		b, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := transfer.Detect(b)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", file, got, err, want)
		}
		f, err := foreign.Open(b)
		if err != nil {
			t.Fatal(err)
		}
		var sure []string
		for _, format := range transfer.Formats() {
			if s := format.Recognise(f); s == foreign.Plain || s == foreign.Locked {
				sure = append(sure, format.Name)
			}
		}
		if !slices.Equal(sure, []string{want}) {
			t.Errorf("%s: recognised as %v, want %s alone", file, sure, want)
		}
	}
}

func TestOtherFilesAreUnknown(t *testing.T) {
	for claim, b := range map[string]string{
		"nothing":         "",
		"a letter":        "Dear Sir or Madam,\nsecret things follow.\n",
		"a web address":   "https://example.com/\n",
		"other JSON":      `{"name":"x","version":"1.0.0","dependencies":{}}`,
		"an empty array":  `[]`,
		"a web page":      "<!doctype html><html><body>no links</body></html>",
		"a picture":       "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\x01", 5000),
		"a PDF":           "%PDF-1.7\n" + strings.Repeat("\xff\x00", 5000),
		"an age file":     "age-encryption.org/v1\n-> X25519 abc\n" + strings.Repeat("\xff\x00", 5000),
		"another archive": "PK\x03\x04" + strings.Repeat("\x00", 100),
	} {
		_, err := transfer.Read(context.Background(), []byte(b), secret("x"))
		if !errors.Is(err, transfer.ErrUnknownFormat) {
			t.Errorf("%s: %v, want ErrUnknownFormat", claim, err)
		}
		foreigntest.Refused(t, err)
	}
}

func TestJSONThatBreaksOffIsDamagedWhateverItWas(t *testing.T) {
	for _, f := range fixtures {
		if !strings.HasSuffix(f.file, ".json") && !strings.HasSuffix(f.file, ".2fas") {
			continue
		}
		t.Run(f.file, func(t *testing.T) {
			raw := load(t, f.file)
			if _, err := transfer.Read(context.Background(), raw[:len(raw)/2], secret(f.password)); !errors.Is(err, transfer.ErrDamaged) {
				t.Errorf("err = %v, want ErrDamaged", err)
			}
		})
	}
}

func TestAChangedByteNeverChangesAnAccountSilently(t *testing.T) {
	for _, f := range fixtures {
		if f.err != nil || f.password == "" || f.slow {
			continue
		}
		t.Run(f.file, func(t *testing.T) {
			raw := load(t, f.file)
			whole, err := transfer.Read(context.Background(), raw, secret(f.password))
			if err != nil {
				t.Fatal(err)
			}
			known := map[string]bool{}
			for _, e := range whole.Entries {
				known[foreigntest.Describe(e)] = true
			}
			for i := range 8 {
				changed := bytes.Clone(raw)
				at := (2*i + 1) * len(raw) / 16
				changed[at] = other(changed[at])
				got, err := transfer.Read(context.Background(), changed, secret(f.password))
				if err != nil {
					foreigntest.Refused(t, err)
					continue
				}
				if len(got.Entries)+len(got.Refused) < len(whole.Entries)+len(whole.Refused) {
					t.Errorf("byte %d: %d entries and %d refused came out, of %d", at, len(got.Entries), len(got.Refused), len(whole.Entries))
				}
				for _, e := range got.Entries {
					if !known[foreigntest.Describe(e)] {
						t.Errorf("byte %d: an account came out changed: %s", at, foreigntest.Describe(e))
					}
				}
			}
		})
	}
}

// other is another byte of the same kind, so that base64 and hexadecimal stay
// what they are and the damage is what they hold.
func other(b byte) byte {
	switch {
	case '0' <= b && b <= '8', 'a' <= b && b <= 'e', 'f' < b && b < 'z', 'A' <= b && b < 'Z':
		return b + 1
	case b == '9', b == 'z', b == 'Z', b == 'f':
		return b - 1
	}
	return b ^ 1
}

func TestTruncatedExportsNeverPanic(t *testing.T) {
	for _, f := range fixtures {
		if f.slow {
			continue
		}
		t.Run(f.file, func(t *testing.T) {
			raw := load(t, f.file)
			for i := range 12 {
				size := len(raw) * i / 12
				if _, err := transfer.Read(context.Background(), raw[:size], secret(f.password)); err != nil {
					foreigntest.Refused(t, err)
				}
			}
		})
	}
}

func TestBombsStayWithinTheLimits(t *testing.T) {
	const memory = 256 << 20
	for claim, b := range map[string][]byte{
		"ten million entries":   []byte(`{"version":1,"header":{},"db":{"version":1,"entries":[` + strings.Repeat("{},", 10_000_000) + `{}]}}`),
		"a million entries":     []byte(`{"tokenOrder":[],"tokens":[` + strings.Repeat(`{"secret":[1]},`, 1_000_000) + `{}]}`),
		"numbers without end":   []byte(`{"tokenOrder":[],"tokens":[{"secret":[` + strings.Repeat("1,", 10_000_000) + `1]}]}`),
		"JSON in JSON in JSON":  []byte(strings.Repeat(`[`, 20<<20)),
		"a text of 33 MB":       []byte(`{"tokenOrder":[],"tokens":[{"label":"` + strings.Repeat("x", 33<<20) + `"}]}`),
		"lines without end":     []byte(strings.Repeat("otpauth://totp/a?secret=AAAAAAAA\n", 200_000)),
		"levels of XML":         []byte(`<map><string name="tokenOrder">` + strings.Repeat("<a>", 5_000_000)),
		"a file beyond all":     make([]byte, foreign.MaxFile+1),
		"a page of many links":  []byte("<html>" + strings.Repeat(" otpauth://totp/a?secret=AAAAAAAA", 200_000) + "</html>"),
		"a container of levels": []byte(`<KeyContainer xmlns="urn:ietf:params:xml:ns:keyprov:pskc">` + strings.Repeat("<a>", 1_000_000)),
	} {
		t.Run(claim, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, err := transfer.Read(context.Background(), b, secret("x"))
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatal("read, want a refusal")
			}
			foreigntest.Refused(t, err)
			if !errors.Is(err, transfer.ErrTooLarge) && !errors.Is(err, transfer.ErrUnknownFormat) {
				t.Errorf("err = %v, want ErrTooLarge", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > memory {
				t.Errorf("%d MB were allocated, more than %d", used>>20, memory>>20)
			}
			if spent := time.Since(began); spent > 10*time.Second {
				t.Errorf("it took %v", spent)
			}
		})
	}
}

func TestAnEndedContextIsItsOwnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b, err := os.ReadFile("aegis/testdata/content3.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Read(ctx, b, secret("")); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func TestProgressReachesItsTotal(t *testing.T) {
	b, err := os.ReadFile("aegis/testdata/content3.json")
	if err != nil {
		t.Fatal(err)
	}
	last, total := 0, -1
	if _, err := transfer.ReadWatched(context.Background(), b, secret(""), func(d, n int) { last, total = d, n }); err != nil {
		t.Fatal(err)
	}
	if last != total || total != 6 {
		t.Errorf("progress ended at %d of %d, want 6 of 6", last, total)
	}
}

// FuzzRead goes through the one door, without a password: what is behind a
// lock is fuzzed in its own package.
func FuzzRead(f *testing.F) {
	for file := range madeUp {
		b, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := transfer.Read(context.Background(), b, secret("")); err != nil {
			foreigntest.Refused(t, err)
		}
	})
}

package foreign

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func TestJSONThatCannotBeTrustedIsRefused(t *testing.T) {
	for _, test := range []struct {
		claim string
		text  string
		want  error
	}{
		{"sound", `{"a":[1,{"b":"x,{\"a"}],"c":null}`, nil},
		{"the same key in two objects", `{"a":{"k":1},"b":{"k":2}}`, nil},
		{"a key twice", `{"a":1,"a":2}`, ErrDamaged},
		{"a key twice, in another case", `{"secret":1,"Secret":2}`, ErrDamaged},
		{"a key twice, once escaped", `{"a":1,"\u0061":2}`, ErrDamaged},
		{"a key twice, deep down", `[[{"x":{"a":1,"b":[],"a":2}}]]`, ErrDamaged},
		{"something after it", `{} {}`, ErrDamaged},
		{"broken off", `{"a":[1,2`, ErrDamaged},
		{"not UTF-8", "{\"a\":\"\xff\"}", ErrDamaged},
		{"levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), ErrTooLarge},
		{"levels that are not closed", strings.Repeat("{\"a\":", 1_000_000), ErrTooLarge},
		{"a million objects", "[" + strings.Repeat("{},", 1_000_000) + "{}]", ErrTooLarge},
		{"millions of values", "[" + strings.Repeat("1,", maxJSONValues+1) + "1]", ErrTooLarge},
		{"more text than any export", `"` + strings.Repeat("x", maxJSON) + `"`, ErrTooLarge},
	} {
		t.Run(test.claim, func(t *testing.T) {
			var into any
			if err := JSON([]byte(test.text), &into); !errors.Is(err, test.want) {
				t.Errorf("err = %v, want %v", err, test.want)
			}
		})
	}
}

func TestBase32AsPeopleWriteIt(t *testing.T) {
	for _, test := range []struct {
		text  string
		want  string // of the strict reading; empty: refused
		loose string
	}{
		{"GEZDGNBV", "12345", "12345"},
		{" gezd-gnbv ", "12345", "12345"},
		{"GEZDGNBVGY======", "123456", "123456"},
		{"GEZDGNBVG", "", "12345"}, // one character too many
		{"GEZDGN", "", "123"},
		{"GEZDGNBVGZ", "123456", "123456"}, // unused bits carry nothing
		{"GEZDGNB1", "", ""},
		{"GEZDGN=V", "", ""},
		{"", "", ""},
		{"====", "", ""},
		{"A", "", ""},
	} {
		strict, err := Base32(test.text)
		if string(strict.Reveal()) != test.want || (err == nil) != (test.want != "") {
			t.Errorf("Base32(%q) = %q, %v; want %q", test.text, strict.Reveal(), err, test.want)
		}
		loose, err := Base32LooseEnd(test.text)
		if string(loose.Reveal()) != test.loose || (err == nil) != (test.loose != "") {
			t.Errorf("Base32LooseEnd(%q) = %q, %v; want %q", test.text, loose.Reveal(), err, test.loose)
		}
		if err != nil && len(test.text) > 4 && strings.Contains(err.Error(), test.text) {
			t.Errorf("the refusal repeats the secret: %v", err)
		}
	}
}

func good() countersign.Entry {
	return countersign.Entry{
		Type: countersign.TOTP, Issuer: "Example", Label: "alice", Secret: countersign.NewSecret([]byte("12345678901234567890")),
		Algorithm: countersign.SHA1, Digits: 6, Period: 30,
	}
}

func TestCheckRefusesOneFaultAtATime(t *testing.T) {
	for _, test := range []struct {
		claim string
		fault func(*countersign.Entry)
		code  string
	}{
		{"good", func(*countersign.Entry) {}, ""},
		{"ten digits", func(e *countersign.Entry) { e.Digits = 10 }, ""},
		{"eleven digits", func(e *countersign.Entry) { e.Digits = 11 }, "digits-out-of-range"},
		{"four digits", func(e *countersign.Entry) { e.Digits = 4 }, "digits-out-of-range"},
		{"no period", func(e *countersign.Entry) { e.Period = 0 }, "period-out-of-range"},
		{"301 seconds", func(e *countersign.Entry) { e.Period = 301 }, "period-out-of-range"},
		{"another hash", func(e *countersign.Entry) { e.Algorithm = "SHA224" }, "algorithm-unknown"},
		{"another type", func(e *countersign.Entry) { e.Type = "ocra" }, "type-unknown"},
		{"no secret", func(e *countersign.Entry) { e.Secret = countersign.Secret{} }, "secret-missing"},
		{"a secret of pages", func(e *countersign.Entry) { e.Secret = countersign.NewSecret(make([]byte, 257)) }, "secret-too-long"},
		{"a name of pages", func(e *countersign.Entry) { e.Label = strings.Repeat("x", maxName+1) }, "name-too-long"},
		{"a name that is no text", func(e *countersign.Entry) { e.Label = "\xff" }, "name-unreadable"},
		{"a name with a lost character", func(e *countersign.Entry) { e.Issuer = "a\ufffd" }, "name-unreadable"},
		{"a name that turns direction", func(e *countersign.Entry) { e.Issuer = "\u202emoc" }, "name-hides"},
		{"a name of right-to-left letters", func(e *countersign.Entry) { e.Issuer = "שלום" }, ""},
		{"a tag with a line break", func(e *countersign.Entry) { e.Tags = []string{"a\nb"} }, "name-hides"},
		{"a note with one", func(e *countersign.Entry) { e.Note = "a\nb" }, ""},
		{"a counter beyond JSON", func(e *countersign.Entry) { e.Type, e.Period, e.Counter = countersign.HOTP, 0, 1<<53 }, "counter-out-of-range"},
		{"Steam with six digits", func(e *countersign.Entry) { e.Type = countersign.Steam }, "digits-out-of-range"},
		{"Yandex with a short secret", func(e *countersign.Entry) {
			e.Type, e.Algorithm, e.Digits, e.Secret = countersign.Yandex, countersign.SHA256, 8, countersign.NewSecret([]byte("short"))
		}, "secret-not-of-type"},
	} {
		t.Run(test.claim, func(t *testing.T) {
			e := good()
			test.fault(&e)
			reading := NewReading("test")
			reading.Keep(e, nil)
			code := ""
			if len(reading.Result.Refused) == 1 {
				code = reading.Result.Refused[0].Code
			}
			if code != test.code || (len(reading.Result.Entries) == 1) != (test.code == "") {
				t.Errorf("refused as %q, want %q", code, test.code)
			}
		})
	}
}

func TestAbsurdDerivationsAreRefusedBeforeTheyRun(t *testing.T) {
	ctx, password := context.Background(), countersign.NewSecret([]byte("x"))
	began := time.Now()
	for claim, derive := range map[string]func() error{
		"PBKDF2":          func() error { _, err := PBKDF2(ctx, sha256.New, password, nil, 1<<31-1, 32); return err },
		"scrypt memory":   func() error { _, err := Scrypt(ctx, password, nil, 1<<22, 8, 1, 32); return err },
		"scrypt N":        func() error { _, err := Scrypt(ctx, password, nil, 1<<40, 8, 1, 32); return err },
		"scrypt r":        func() error { _, err := Scrypt(ctx, password, nil, 2, 1<<40, 1, 32); return err },
		"scrypt lanes":    func() error { _, err := Scrypt(ctx, password, nil, 1<<15, 8, 1<<20, 32); return err },
		"Argon2 memory":   func() error { return Argon2Cost(1, 1<<21, 1) },
		"Argon2 passes":   func() error { return Argon2Cost(1<<63, 1<<10, 1) },
		"Argon2 both":     func() error { return Argon2Cost(100, 1<<20, 1) },
		"Argon2 lanes":    func() error { return Argon2Cost(1, 1<<19, 1<<10) },
		"Argon2 overflow": func() error { return Argon2Cost(1<<44, 1<<20, 1) },
	} {
		if err := derive(); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", claim, err)
		}
	}
	for claim, derive := range map[string]func() error{
		"no rounds":       func() error { _, err := PBKDF2(ctx, sha256.New, password, nil, 0, 32); return err },
		"N of three":      func() error { _, err := Scrypt(ctx, password, nil, 3, 8, 1, 32); return err },
		"N below zero":    func() error { _, err := Scrypt(ctx, password, nil, -2, 8, 1, 32); return err },
		"no lanes":        func() error { return Argon2Cost(1, 1024, 0) },
		"too little room": func() error { return Argon2Cost(1, 7, 1) },
	} {
		if err := derive(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", claim, err)
		}
	}
	if spent := time.Since(began); spent > 5*time.Second {
		t.Errorf("refusing took %v", spent)
	}
}

func TestAnEndedContextEndsTheWait(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := PBKDF2(ctx, sha256.New, countersign.NewSecret([]byte("x")), nil, maxPBKDF2Rounds, 32); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func TestGCMTellsWrongFromDamaged(t *testing.T) {
	key, other, nonce := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), bytes.Repeat([]byte{3}, 12)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(`[{"issuer":"Example","label":"alice","note":"naïve – 日本"}]`)
	sealed := aead.Seal(nil, nonce, text, nil)
	if got, err := OpenGCM(key, nonce, sealed, nil); err != nil || !bytes.Equal(got, text) {
		t.Errorf("OpenGCM = %q, %v", got, err)
	}
	if _, err := OpenGCM(other, nonce, sealed, nil); !errors.Is(err, ErrWrongPassword) {
		t.Errorf("another key: %v, want ErrWrongPassword", err)
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := OpenGCM(key, nonce, flipped, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d flipped: %v, want ErrDamaged", i, err)
		}
	}
	for size := range sealed {
		_, err := OpenGCM(key, nonce, sealed[:size], nil)
		// With no text at all left there is nothing to tell by.
		if size == gcmTag && !errors.Is(err, ErrWrongPassword) || size != gcmTag && !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v", size, err)
		}
	}
}

func TestNoisePassesForTextOnceInAVeryLongWhile(t *testing.T) {
	// AES in counter mode over zeros is noise that is the same on every run.
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	stream := cipher.NewCTR(block, make([]byte, 16))
	for range 20_000 {
		noise := make([]byte, 48)
		stream.XORKeyStream(noise, noise)
		if mostlyText(noise) {
			t.Fatalf("%q passes for text", noise)
		}
	}
}

func TestPreferencesAreReadOnlyAsPreferences(t *testing.T) {
	const good = `<?xml version='1.0'?><map><string name="k">a &lt;b&gt;</string><int name="n" value="1"/><set name="s"><string>x</string></set></map>`
	for claim, test := range map[string]struct {
		text string
		ok   bool
	}{
		"preferences":    {good, true},
		"another root":   {strings.ReplaceAll(good, "map", "mop"), false},
		"broken off":     {good[:len(good)-3], false},
		"text between":   {strings.Replace(good, "<int", "text<int", 1), false},
		"levels":         {strings.Replace(good, "<int", strings.Repeat("<a>", 50), 1), false},
		"without a mark": {strings.Replace(good, `"k"`, `"j"`, 1), false},
	} {
		f, err := Open([]byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := f.Preferences("k")
		if ok != test.ok || ok && (len(got) != 1 || got[0].Value != "a <b>") {
			t.Errorf("%s: %v, %v; want %v", claim, got, ok, test.ok)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"x"}],"A\u0062":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var into any
		if err := JSON(b, &into); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
			t.Errorf("err = %v, want ErrDamaged or ErrTooLarge", err)
		}
	})
}

func FuzzPreferences(f *testing.F) {
	f.Add([]byte(`<map><string name="k">v</string></map>`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if file, err := Open(b); err == nil {
			file.Preferences("k")
		}
	})
}

package otpauth

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

type entryVector struct {
	Type      string `json:"type"`
	Issuer    string `json:"issuer"`
	Label     string `json:"label"`
	Secret    string `json:"secret"`
	Algorithm string `json:"algorithm"`
	Digits    int    `json:"digits"`
	Period    int    `json:"period"`
	Counter   uint64 `json:"counter"`
	PIN       string `json:"pin"`
}

func (v entryVector) entry(t *testing.T) countersign.Entry {
	t.Helper()
	secret, err := hex.DecodeString(v.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return countersign.Entry{Type: countersign.EntryType(v.Type), Issuer: v.Issuer, Label: v.Label,
		Secret: countersign.NewSecret(secret), Algorithm: countersign.Algorithm(v.Algorithm), Digits: v.Digits,
		Period: v.Period, Counter: v.Counter, PIN: countersign.NewSecret([]byte(v.PIN))}
}

// vectorOf is the other way; comparing what it gives compares secrets too.
func vectorOf(e countersign.Entry) entryVector {
	return entryVector{Type: string(e.Type), Issuer: e.Issuer, Label: e.Label, Secret: hex.EncodeToString(e.Secret.Reveal()),
		Algorithm: string(e.Algorithm), Digits: e.Digits, Period: e.Period, Counter: e.Counter, PIN: string(e.PIN.Reveal())}
}

type corpus struct {
	About string `json:"about"`
	Good  []struct {
		Name      string      `json:"name"`
		Link      string      `json:"link"`
		Entry     entryVector `json:"entry"`
		Dropped   []string    `json:"dropped"`
		Canonical string      `json:"canonical"`
	} `json:"good"`
	Refused []struct {
		Name      string `json:"name"`
		Link      string `json:"link"`
		Code      Code   `json:"code"`
		Parameter string `json:"parameter"`
	} `json:"refused"`
	Unwritable []struct {
		Name  string      `json:"name"`
		Entry entryVector `json:"entry"`
		Code  Code        `json:"code"`
	} `json:"unwritable"`
	Sentences map[Code]string `json:"sentences"`
}

func readCorpus(tb testing.TB) corpus {
	tb.Helper()
	text, err := os.ReadFile("../../vectors/otpauth.json")
	if err != nil {
		tb.Fatal(err)
	}
	var c corpus
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a vector that nobody reads tests nothing
	if err := d.Decode(&c); err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestGoodLinksAreTakenOverExactly(t *testing.T) { // check A6
	for _, v := range readCorpus(t).Good {
		t.Run(v.Name, func(t *testing.T) {
			link, err := Parse(v.Link)
			if err != nil {
				t.Fatal(err)
			}
			if got := vectorOf(link.Entry); got != v.Entry {
				t.Errorf("got  %+v\nwant %+v", got, v.Entry)
			}
			if !slices.Equal(link.Dropped, v.Dropped) {
				t.Errorf("dropped: got %q, want %q", link.Dropped, v.Dropped)
			}
			written, err := Marshal(link.Entry)
			if err != nil || written != v.Canonical {
				t.Fatalf("written again:\ngot  %q (%v)\nwant %q", written, err, v.Canonical)
			}
			again, err := Parse(written)
			if err != nil || vectorOf(again.Entry) != v.Entry || len(again.Dropped) > 0 {
				t.Errorf("read again: got %+v, %q and %v, want %+v", vectorOf(again.Entry), again.Dropped, err, v.Entry)
			}
		})
	}
}

func TestHostileLinksAreRefusedWithTheirCode(t *testing.T) { // check A6
	for _, v := range readCorpus(t).Refused {
		t.Run(v.Name, func(t *testing.T) {
			link, err := Parse(v.Link)
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("got %+v and %v, want %s", vectorOf(link.Entry), err, v.Code)
			}
			if refusal.Code != v.Code || refusal.Parameter != v.Parameter || !errors.Is(err, v.Code) {
				t.Errorf("got %v, want %s %q", err, v.Code, v.Parameter)
			}
			if vectorOf(link.Entry) != (entryVector{}) || link.Dropped != nil {
				t.Errorf("got %+v beside a refusal, want nothing", vectorOf(link.Entry))
			}
		})
	}
}

func TestWhatNoLinkCanSayIsNotWritten(t *testing.T) {
	for _, v := range readCorpus(t).Unwritable {
		t.Run(v.Name, func(t *testing.T) {
			got, err := Marshal(v.Entry.entry(t))
			if got != "" || !errors.Is(err, v.Code) {
				t.Errorf("got %q and %v, want %s", got, err, v.Code)
			}
		})
	}
}

func TestEveryRefusalHasItsSentence(t *testing.T) {
	c := readCorpus(t)
	for code, want := range c.Sentences {
		if got := sentence(code); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
	for _, v := range c.Refused {
		if c.Sentences[v.Code] == "" {
			t.Errorf("%s has no sentence", v.Code)
		}
	}
	r := &Refusal{Code: Duplicate, Parameter: "digits"}
	if got, want := r.Sentence(), "The link says “digits” twice, so it is unclear which one counts. Ask the site for a new QR code or key."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

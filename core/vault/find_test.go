package vault

import (
	"fmt"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestFind(t *testing.T) {
	named := func(n byte, issuer, label string) countersign.Entry {
		e := entry(n)
		e.Issuer, e.Label = issuer, label
		return e
	}
	entries := []countersign.Entry{
		named(1, "GitHub", "mara"), named(2, "github", "work"), named(3, "Proton", "mara"),
		named(4, "", "alone"), named(5, "Proton", "GitHub"), named(6, "GitHub", "mara"), named(7, id(1)[:6], "x"),
	}
	for name, test := range map[string]struct {
		typed string
		want  []int
	}{
		"issuer and label":               {"github:work", []int{1}},
		"both of the same name":          {"GitHub:mara", []int{0, 5}},
		"an issuer as written":           {"github", []int{1}},
		"an issuer that is a label too":  {"GitHub", []int{0, 4, 5}},
		"a label":                        {"mara", []int{0, 2, 5}},
		"a label in another case":        {"ALONE", []int{3}},
		"a label with no issuer, spelt":  {":alone", []int{3}},
		"an identity":                    {id(3), []int{2}},
		"the beginning of an identity":   {id(3)[:5], []int{2}},
		"a name before an identity":      {id(1)[:6], []int{6}},
		"too few letters of an identity": {id(3)[:3], nil},
		"a part of a name":               {"Git", nil},
		"nothing":                        {"", nil},
		"nobody":                         {"nobody", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Find(entries, test.typed); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSearchWantsEveryWord(t *testing.T) {
	a, b := entry(1), entry(2)
	a.Issuer, a.Tags = "Example Bank", []string{"money"}
	b.Issuer, b.Note = "Example Shop", "the old card"
	for typed, want := range map[string][]int{
		"example": {0, 1}, "bank exa": {0}, "MONEY": {0}, "card shop": {1}, "bank card": nil, "": {0, 1},
	} {
		if got := Search([]countersign.Entry{a, b}, typed); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %v, want %v", typed, got, want)
		}
	}
}

func TestSame(t *testing.T) {
	have := entry(1)
	have.Type, have.Period, have.Counter = countersign.HOTP, 0, 5
	for name, test := range map[string]struct {
		change func(*countersign.Entry)
		want   bool
	}{
		"another identity and time": {func(e *countersign.Entry) { e.ID = id(9) }, true},
		"a counter behind ours":     {func(e *countersign.Entry) { e.Counter = 4 }, true},
		"a counter ahead of ours":   {func(e *countersign.Entry) { e.Counter = 6 }, false},
		"another key":               {func(e *countersign.Entry) { e.Secret = countersign.NewSecret([]byte("other")) }, false},
		"another label":             {func(e *countersign.Entry) { e.Label = "Mara" }, false},
		"more digits":               {func(e *countersign.Entry) { e.Digits = 8 }, false},
	} {
		found := have
		test.change(&found)
		if got := Same(&have, &found); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

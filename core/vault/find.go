package vault

import (
	"slices"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// minPrefix keeps an identity's first letters from being found by accident:
// four characters are one in a million.
const minPrefix = 4

// Find is the entries that a name means, by their places: first those whose
// issuer, label or issuer:label it is, then the same without regard to case,
// then the one whose identity begins so. The first way that finds any decides;
// more than one entry is for the person to tell apart.
func Find(entries []countersign.Entry, name string) []int {
	if name == "" {
		return nil
	}
	ways := []func(*countersign.Entry) bool{
		func(e *countersign.Entry) bool { return e.ID == name },
		func(e *countersign.Entry) bool { return slices.Contains(namesOf(e), name) },
		func(e *countersign.Entry) bool {
			return slices.ContainsFunc(namesOf(e), func(n string) bool { return strings.EqualFold(n, name) })
		},
		func(e *countersign.Entry) bool { return len(name) >= minPrefix && strings.HasPrefix(e.ID, name) },
	}
	for _, way := range ways {
		if found := places(entries, way); len(found) > 0 {
			return found
		}
	}
	return nil
}

// Search is the entries in which every word of the text stands somewhere, in
// a name, a note or a tag.
func Search(entries []countersign.Entry, text string) []int {
	words := strings.Fields(strings.ToLower(text))
	return places(entries, func(e *countersign.Entry) bool {
		all := strings.ToLower(strings.Join(append([]string{e.Issuer, e.Label, e.Note}, e.Tags...), "\n"))
		for _, word := range words {
			if !strings.Contains(all, word) {
				return false
			}
		}
		return true
	})
}

func namesOf(e *countersign.Entry) []string {
	names := []string{e.Issuer + ":" + e.Label}
	if e.Issuer != "" {
		names = append(names, e.Issuer)
	}
	if e.Label != "" {
		names = append(names, e.Label)
	}
	return names
}

func places(entries []countersign.Entry, fits func(*countersign.Entry) bool) []int {
	var found []int
	for i := range entries {
		if fits(&entries[i]) {
			found = append(found, i)
		}
	}
	return found
}

// Same reports whether two entries are the same account with the same key, so
// that importing one file twice does not double what is there. A counter that
// is ahead of the other is the same account, used since.
func Same(have, found *countersign.Entry) bool {
	return have.Type == found.Type && have.Issuer == found.Issuer && have.Label == found.Label &&
		have.Secret.Equal(found.Secret) && have.Algorithm == found.Algorithm && have.Digits == found.Digits &&
		have.Period == found.Period && have.Counter >= found.Counter && have.PIN.Equal(found.PIN)
}

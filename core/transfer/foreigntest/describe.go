package foreigntest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// usualKey is RFC 4226's, which the made-up files use; it goes without saying.
const usualKey = "12345678901234567890"

// Describe is an entry in one line, with everything in it. It reveals secrets:
// they are made up, and a test that failed to show them would show nothing.
func Describe(e countersign.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s %s %s/%d/%d", e.Issuer, e.Label, e.Type, e.Algorithm, e.Digits, e.Period)
	if e.Type == countersign.HOTP {
		fmt.Fprintf(&b, " counter=%d", e.Counter)
	}
	if key := e.Secret.Reveal(); string(key) != usualKey {
		fmt.Fprintf(&b, " key=%x", key)
	}
	if e.PIN.Len() > 0 {
		fmt.Fprintf(&b, " pin=%s", e.PIN.Reveal())
	}
	if len(e.Tags) > 0 {
		fmt.Fprintf(&b, " tags=%s", strings.Join(e.Tags, ","))
	}
	if e.Pinned {
		b.WriteString(" pinned")
	}
	if e.Note != "" {
		fmt.Fprintf(&b, " note=%q", e.Note)
	}
	if len(e.Icon) > 0 {
		fmt.Fprintf(&b, " icon=%d", len(e.Icon))
	}
	if !e.Created.IsZero() {
		fmt.Fprintf(&b, " created=%s", e.Created.UTC().Format(time.RFC3339Nano))
	}
	return b.String()
}

// Want compares a result with the lines that Describe gives, and refusals with
// "name: code".
func Want(t testing.TB, got foreign.Result, entries, refused []string) {
	t.Helper()
	var gotEntries, gotRefused []string
	for _, e := range got.Entries {
		gotEntries = append(gotEntries, Describe(e))
	}
	for _, r := range got.Refused {
		gotRefused = append(gotRefused, r.Name+": "+r.Code)
	}
	if !slices.Equal(gotEntries, entries) {
		t.Errorf("entries:\n got %s\nwant %s", strings.Join(gotEntries, "\n     "), strings.Join(entries, "\n     "))
	}
	if !slices.Equal(gotRefused, refused) {
		t.Errorf("refused:\n got %s\nwant %s", strings.Join(gotRefused, "\n     "), strings.Join(refused, "\n     "))
	}
}

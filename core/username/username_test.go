package username

import (
	"strings"
	"testing"
)

func TestSpellingsOfOneNameAreOneAccount(t *testing.T) {
	for _, typed := range []string{"alice", " alice", "alice\t", "ALICE", "Alice", "ａｌｉｃｅ", "𝐚lice"} {
		got, err := Canonical(typed)
		if err != nil || got != "alice" {
			t.Errorf("Canonical(%q) = %q, %v; want alice", typed, got, err)
		}
	}
	for _, typed := range []string{"mara@example.org", "m.silva-2_x", "josé", "山田"} {
		if got, err := Canonical(typed); err != nil || got != typed {
			t.Errorf("Canonical(%q) = %q, %v; want it unchanged", typed, got, err)
		}
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	for _, typed := range []string{"", " ", "al ice", "al\u200bice", "al\u202eice", "alice\x00", "al\nice", "a/b", "a|b", "\xff", strings.Repeat("a", 10_000)} {
		if got, err := Canonical(typed); err == nil {
			t.Errorf("Canonical(%.20q) = %q; want it refused", typed, got)
		}
	}
}

func FuzzCanonicalIsAFixedPoint(f *testing.F) {
	f.Add("Alice")
	f.Add("ﬁ\u0301")
	f.Fuzz(func(t *testing.T, typed string) {
		once, err := Canonical(typed)
		if err != nil {
			return
		}
		twice, err := Canonical(once)
		if err != nil || twice != once {
			t.Fatalf("Canonical(%q) = %q, then %q, %v", typed, once, twice, err)
		}
	})
}

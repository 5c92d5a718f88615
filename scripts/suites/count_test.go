package main

import (
	"slices"
	"strings"
	"testing"
)

func TestCounting(t *testing.T) {
	for _, tt := range []struct {
		claim          string
		count          counter
		output         string
		passed, failed int
		skipped        []string
		shows          string
	}{
		{
			claim: "a passed test is counted and shows nothing", count: countGo,
			output: `{"Action":"output","Package":"x/countersign/store","Test":"TestA","Output":"hello\n"}
{"Action":"pass","Package":"x/countersign/store","Test":"TestA"}
{"Action":"pass","Package":"x/countersign/store"}`,
			passed: 1,
		},
		{
			claim: "a failed test is counted once, though its package fails too", count: countGo,
			output: `{"Action":"output","Package":"x/countersign/store","Test":"TestA","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"x/countersign/store","Test":"TestA"}
{"Action":"fail","Package":"x/countersign/store"}`,
			failed: 1, shows: "FAIL x/countersign/store TestA\ngot 1, want 2\n",
		},
		{
			claim: "a package that does not build is one failure", count: countGo,
			output: `{"ImportPath":"x/countersign/store","Action":"build-output","Output":"undefined: y\n"}
{"Action":"fail","Package":"x/countersign/store","FailedBuild":"x/countersign/store"}`,
			failed: 1, shows: "undefined: y\nFAIL x/countersign/store\n\n",
		},
		{
			claim: "a skipped test is neither passed nor failed, and keeps its reason", count: countGo,
			output: `{"Action":"output","Package":"x/countersign/store","Test":"TestP","Output":"    p_test.go:17: SKIPPED: no server\n"}
{"Action":"skip","Package":"x/countersign/store","Test":"TestP"}`,
			skipped: []string{"store TestP: SKIPPED: no server"},
		},
		{
			claim: "node's totals are read", count: countNode,
			output: "✔ a (1ms)\n﹣ b (0.1ms) # SKIP no browser\nℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1",
			passed: 2, failed: 2, skipped: []string{"b (0.1ms) # SKIP no browser"},
			shows: "✔ a (1ms)\n﹣ b (0.1ms) # SKIP no browser\nℹ tests 4\n",
		},
		{
			claim: "vitest's totals are read, files are not tests", count: countVitest,
			output: " Test Files  2 passed (2)\n      Tests  1 failed | 12 passed (13)",
			passed: 12, failed: 1, shows: " Test Files  2 passed (2)\n      Tests  1 failed | 12 passed (13)\n",
		},
	} {
		r := tt.count()
		var shown strings.Builder
		for text := range strings.SplitSeq(tt.output, "\n") {
			if show := r.line(text); show != "" {
				shown.WriteString(show + "\n")
			}
		}
		got := r.tally()
		if got.passed != tt.passed || got.failed != tt.failed || !slices.Equal(got.skipped, tt.skipped) {
			t.Errorf("%s: got %+v, want %d passed, %d failed, skipped %q", tt.claim, got, tt.passed, tt.failed, tt.skipped)
		}
		if shown.String() != tt.shows {
			t.Errorf("%s: shows %q, want %q", tt.claim, shown.String(), tt.shows)
		}
	}
}

func TestEveryPackageIsInOneGoSuite(t *testing.T) {
	packages := []string{".", "core/otp", "core/transfer", "core/transfer/aegis", "ceremony/signin", "store", "gateway/oidc", "cmd/countersign", "deliver/mail", "scripts/suites"}
	times := map[string]int{}
	for _, s := range goSuites(packages) {
		for _, argument := range s.command {
			if place, ok := strings.CutPrefix(argument, "./"); ok {
				times[place]++
			}
		}
	}
	for _, place := range packages {
		if times[place] != 1 {
			t.Errorf("package %q is in %d suites, want 1", place, times[place])
		}
	}
}

func TestSuitesWaitOnlyForSuitesOfTheirPlans(t *testing.T) {
	suites := table([]string{"core/otp"})
	for _, s := range suites {
		for _, earlier := range s.after {
			at := slices.IndexFunc(suites, func(other suite) bool { return other.name == earlier })
			if at < 0 || suites[at].in&s.in != s.in {
				t.Errorf("%s waits for %s, which its plans do not have", s.name, earlier)
			}
		}
	}
}

package main

import (
	"slices"
	"strings"
	"time"
)

type lane string

const (
	laneGo     lane = "go"
	laneBeside lane = "beside"
	laneAlone  lane = "alone"
)

const (
	check = 1 << iota
	quick
	full
)

var plans = map[string]int{"check": check, "quick": quick, "all": full}

const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// suite is one line of the report.
type suite struct {
	name    string
	in      int // plans
	lane    lane
	dir     string
	command []string
	env     []string
	count   counter

	// mayBeEmpty is for suites that choose tests by name.
	mayBeEmpty bool

	// after names suites that must have passed: their product is used.
	after []string

	// needs are paths without which the suite cannot run; it is then
	// skipped, by name, or fails where the run requires it.
	needs  []string
	demand string

	// limit ends a suite that hangs. Ten minutes is three times what the
	// slowest took on two cores.
	limit time.Duration
}

const defaultLimit = 10 * time.Minute

// browsers are Debian's; Ubuntu's chromium and firefox are stubs of another packager.
var browsers = []string{"/usr/bin/chromium", "/usr/bin/firefox-esr", "/usr/bin/WebKitWebDriver", "e2e/node_modules"}

func table(packages []string) []suite {
	app, e2e := []string{"app/node_modules"}, []string{"e2e/node_modules"}
	suites := []suite{
		{name: "build", in: check | quick | full, lane: laneGo, command: sh("make build")},
		{name: "format", in: check | full, lane: laneGo, command: sh(`bad=$(git ls-files -co --exclude-standard '*.go' | xargs -r ls -d 2>/dev/null | xargs -r gofmt -l); test -z "$bad" || { echo "gofmt wants changes in:"; echo "$bad"; exit 1; }`)},
		{name: "vet", in: check | quick | full, lane: laneGo, command: sh("go vet ./...")},
		{name: "staticcheck", in: check | full, lane: laneGo, command: []string{"go", "run", staticcheck, "./..."}},
		{name: "layering", in: check, lane: laneGo, command: goTest("-race", "."), count: countGo},
		{name: "go, quickly", in: quick, lane: laneGo, command: goTest("-short", "./..."), count: countGo},

		{name: "app lint", in: check | full, lane: laneBeside, dir: "app", command: sh("npm run --silent lint"), needs: app, demand: "app"},
		{name: "app types", in: check | quick | full, lane: laneBeside, dir: "app", command: sh("npm run --silent check"), needs: app, demand: "app"},
		{name: "app tests", in: quick | full, lane: laneBeside, dir: "app", command: sh("npm run --silent test"), count: countVitest, needs: app, demand: "app"},
		{name: "app build is committed", in: full, lane: laneBeside, command: sh("scripts/app-fresh.sh"), needs: app, demand: "app"},
		{name: "e2e lint", in: check | full, lane: laneBeside, dir: "e2e", command: sh("npm run --silent lint && npm run --silent check"), needs: e2e, demand: "browsers"},
		{name: "browsers", in: full, lane: laneBeside, dir: "e2e", command: sh("npm run --silent test"), count: countNode,
			after: []string{"build"}, needs: browsers, demand: "browsers", limit: 15 * time.Minute},

		{name: "timing", in: full, lane: laneAlone, command: sh("go test -json -count=1 -timeout=9m -run=^TestTiming $(" + declaring("TestTiming") + ")"), count: countGo, mayBeEmpty: true},
		{name: "performance, a slice", in: full, lane: laneAlone, command: sh("go run ./bench --quick")},
		{name: "benchmarks, a slice", in: full, lane: laneAlone, command: sh("go test -run=^$ -bench=. -benchtime=10x $(" + declaring("Benchmark") + ")")},
	}
	at := slices.IndexFunc(suites, func(s suite) bool { return s.name == "go, quickly" })
	return slices.Insert(suites, at, append(goSuites(packages), suite{
		name: "fuzz, a slice", in: full, lane: laneGo, command: sh("go run ./scripts/fuzz -all 40s"),
	})...)
}

// groups splits the Go tests so that each has its time in the report. The last
// one takes what is left.
var groups = []struct {
	name    string
	folders []string
	lane    lane
}{
	// Key derivations of other apps are slow on purpose, one core at a time.
	{"foreign formats", []string{"core/transfer"}, laneBeside},
	{"core and ceremonies", []string{".", "core", "ceremony", "vectors"}, laneGo},
	{"store", []string{"store"}, laneGo},
	{"web and gateways", []string{"web", "gateway"}, laneGo},
	{"attacks and faults", []string{"checks"}, laneGo},
	{"commands", []string{"cmd"}, laneGo},
	{"rest of Go", nil, laneGo},
}

func goSuites(packages []string) []suite {
	left := slices.Clone(packages)
	var suites []suite
	for _, group := range groups {
		var mine []string
		left = slices.DeleteFunc(left, func(place string) bool {
			if group.folders != nil && !slices.ContainsFunc(group.folders, func(folder string) bool {
				return place == folder || strings.HasPrefix(place, folder+"/")
			}) {
				return false
			}
			mine = append(mine, "./"+place)
			return true
		})
		if len(mine) == 0 {
			continue
		}
		// Tests that measure time run alone, later. -count=1: a run that
		// answers for a commit does not quote an older one.
		suites = append(suites, suite{
			name: group.name, in: full, lane: group.lane, count: countGo,
			command: goTest(append([]string{"-race", "-count=1", "-skip=^TestTiming"}, mine...)...),
		})
	}
	return suites
}

func goTest(arguments ...string) []string {
	return append([]string{"go", "test", "-json", "-timeout=9m"}, arguments...)
}

// declaring names the packages with such a test, or the root's: linking every
// package's tests to run none of them takes longer than running these.
func declaring(test string) string {
	return "{ echo .; git grep -l --untracked '^func " + test + "' -- '*_test.go' | xargs -r -n1 dirname | sed 's|^|./|'; } | sort -u"
}

func sh(script string) []string { return []string{"sh", "-c", script} }

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// report is everything measured.
type report struct {
	Plan      string      `json:"plan"`
	Bare      float64     `json:"bare_ms"`
	SQLite    []figure    `json:"sqlite"`
	Postgres  []figure    `json:"postgres,omitempty"`
	PerSecond float64     `json:"sign_ins_per_second"`
	Learnt    []waited    `json:"page_learns"`
	Start     float64     `json:"start_ms"`
	Idle      int64       `json:"resident_idle"`
	Busy      int64       `json:"resident_after_crowd"`
	Most      int64       `json:"resident_most"`
	Crowd     int         `json:"crowd"`
	Commits   []commitsOf `json:"commits"`
	Untraced  string      `json:"untraced,omitempty"`
	Programs  []program   `json:"programs"`
	Visit     visit       `json:"first_visit"`
}

type program struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

type commitsOf struct {
	Flow  string  `json:"flow"`
	Count float64 `json:"count"`
}

// figure is the server's CPU time for one operation.
type figure struct {
	Name  string  `json:"name"`
	Calls float64 `json:"bare_calls"` // medians of the rounds
	CPU   float64 `json:"cpu_ms"`
	Least float64 `json:"least_ms"`
	Most  float64 `json:"most_ms"`
	// Scale is the CPU time here ÷ that on the smaller server, round by round.
	Scale float64 `json:"many_to_few,omitempty"`
}

type waited struct {
	Pages    int     `json:"pages"`
	Samples  int     `json:"samples"`
	Sent50   float64 `json:"from_sent_p50_ms"`
	Sent99   float64 `json:"from_sent_p99_ms"`
	Answer50 float64 `json:"from_answer_p50_ms"`
	Answer99 float64 `json:"from_answer_p99_ms"`
}

// aims of the design: what a prototype without pages needed, and what this
// server may need, on the same machine, in milliseconds of CPU; and, in bare
// calls, what no slice may exceed: some three times what it costs today. A
// slice finds a row read eleven times or a lost index, not a tenth of a
// millisecond.
var aims = []struct {
	name       string
	floor, aim float64
	limit      float64
	others     string
}{
	{ofCeremony, 0.22, 0.45, 200, "–"},
	{ofSignIn, 0.31, 0.60, 700, "dex 5.0, with no second factor"},
	{ofPassword, 23, 27, 7000, "Kratos 198, Authelia 222 to 329"},
	{ofFlow, 0.14, 0.35, 75, "zitadel's example 0.97 (memory), dex 3.5 to 5.8, Authelia 4 to 13, Hydra 16"},
	{ofUserinfo, 0.02, 0.05, 15, "zitadel's example 0.046, Authelia 0.30, dex 0.32, Hydra 0.40"},
	{ofPasscode, 0.05, 0.12, 75, "Authelia 2.3"},
}

func figures(b *bench) []figure {
	var out []figure
	for _, a := range aims {
		if all := b.spentOn[a.name]; len(all) > 0 {
			out = append(out, figure{Name: a.name, Calls: median(b.inCalls[a.name]), CPU: milliseconds(median(all)), Least: milliseconds(quantile(all, 0)), Most: milliseconds(quantile(all, 1))})
		}
	}
	return out
}

// compare sets many accounts against few: their rounds alternated.
func (r *report) compare(many, few *bench) {
	for i := range r.SQLite {
		f := &r.SQLite[i]
		var ratios []float64
		for n, cost := range few.spentOn[f.Name] {
			ratios = append(ratios, float64(many.spentOn[f.Name][n])/float64(cost))
		}
		if len(ratios) > 0 {
			f.Scale = median(ratios)
		}
	}
}

func (r *report) learnt(pages int, l learnt) {
	r.Learnt = append(r.Learnt, waited{pages, len(l.sent), milliseconds(median(l.sent)), milliseconds(quantile(l.sent, 0.99)),
		milliseconds(median(l.answered)), milliseconds(quantile(l.answered, 0.99))})
}

func find(all []figure, name string) (figure, bool) {
	for _, f := range all {
		if f.Name == name {
			return f, true
		}
	}
	return figure{}, false
}

// tables are the figures as docs/performance.md shows them.
func (r *report) tables() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("Measured with %s, %s/%s, %d cores; %s. One call of a bare `net/http` JSON handler costs %.4f ms in the same run.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), r.Plan, r.Bare)
	p("| operation | server CPU, in bare calls | aim, in bare calls | met | on PostgreSQL, in bare calls | ms | least to most | aim, ms | prototype, ms | others, ms |")
	p("|---|---|---|---|---|---|---|---|---|---|")
	for _, a := range aims {
		f, ok := find(r.SQLite, a.name)
		if !ok {
			continue
		}
		calls, aim, met := f.Calls, a.aim/usualBare, "yes"
		if calls > aim {
			met = fmt.Sprintf("**no**, %.1f times", calls/aim)
		}
		other := "–"
		if g, ok := find(r.Postgres, a.name); ok {
			other = fmt.Sprintf("%.0f", g.Calls)
		}
		p("| %s | %.0f | %.0f | %s | %s | %.3f | %.3f to %.3f | %.2f | %.2f | %s |", a.name, calls, aim, met, other, f.CPU, f.Least, f.Most, a.aim, a.floor, a.others)
	}
	in, _ := find(r.SQLite, ofSignIn)
	pw, _ := find(r.SQLite, ofPassword)
	p("\nA complete approved sign-in, page to token: %.2f ms with the password, %.2f ms without its step; %.0f a second with %d clients.\n", in.CPU+pw.CPU, in.CPU, r.PerSecond, clients)
	p("| pages that wait | samples | decision sent to page moves, p50 / p99, ms | answer had to page moves, p50 / p99, ms |")
	p("|---|---|---|---|")
	for _, l := range r.Learnt {
		p("| %d | %d | %.2f / %.2f | %.2f / %.2f |", l.Pages, l.Samples, l.Sent50, l.Sent99, l.Answer50, l.Answer99)
	}
	r.scale(p)
	p("\n| | measured | aim |\n|---|---|---|")
	p("| start to healthy, ms | %.0f | 60 |", r.Start)
	p("| resident memory when idle, MB | %.0f | 35 |", mega(r.Idle))
	p("| resident memory after %d people signed in at once, MB | %.0f | 200 |", r.Crowd, mega(r.Busy))
	p("| the most that was resident, MB | %.0f | 200 |", mega(r.Most))
	for _, c := range r.Commits {
		p("| durable commits (fsync): %s, alone | %.1f | 3 |", c.Flow, c.Count)
	}
	if r.Untraced != "" {
		p("| durable commits (fsync) | not counted: %s | 3 |", r.Untraced)
	}
	for _, g := range r.Programs {
		p("| size of %s, MB | %.1f | – |", g.Name, mega(g.Bytes))
	}
	p("| phone app, first visit: %d files, KB as served | %.1f | – |", r.Visit.Files, float64(r.Visit.Served)/1000)
	p("| the same, each file by gzip -9, KB | %.1f | – |", float64(r.Visit.Gzip)/1000)
	return b.String()
}

func mega(n int64) float64 { return float64(n) / 1e6 }

// scale compares many accounts with few.
func (r *report) scale(p func(string, ...any)) {
	first := true
	for _, f := range r.SQLite {
		if f.Scale == 0 {
			continue
		}
		if first {
			p("\n| operation | CPU at %d accounts ÷ at %d | aim |\n|---|---|---|", whole.large, small)
			first = false
		}
		p("| %s | %.2f | 1.20 |", f.Name, f.Scale)
	}
}

const (
	markBegin = "<!-- measured: begin -->\n"
	markEnd   = "<!-- measured: end -->"
)

// write puts the tables between their marks.
func (r *report) write(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok1 := bytes.Cut(text, []byte(markBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(markEnd))
	if !ok1 || !ok2 {
		return errors.New(name + " has no marks for what was measured")
	}
	return os.WriteFile(name, bytes.Join([][]byte{before, []byte(markBegin), []byte(r.tables()), []byte(markEnd), after}, nil), 0o644)
}

// usualBare is the bare call's cost where the aims were set, in milliseconds.
// Where it costs more, so may everything else.
const usualBare = 0.0125

// far names what is beyond its limit.
func (r *report) far() error {
	var errs []error
	for _, a := range aims {
		if f, ok := find(r.SQLite, a.name); ok && f.Calls > a.limit {
			errs = append(errs, fmt.Errorf("%s costs as much CPU as %.0f bare calls: over the limit of %.0f", a.name, f.Calls, a.limit))
		}
	}
	return errors.Join(errs...)
}

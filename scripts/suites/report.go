package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// heartbeat shows that a long suite is alive; CI ends a silent run.
const heartbeat = 30 * time.Second

// shownLimit keeps one broken suite from burying the others; its log has all.
const shownLimit = 400

// teller prints progress. A passing suite is one line; what a failing one
// said comes with it.
type teller struct {
	mu      sync.Mutex
	out     io.Writer
	begun   time.Time
	running map[string]time.Time
	said    map[string][]string
}

func newTeller(out io.Writer) *teller {
	return &teller{out: out, begun: time.Now(), running: map[string]time.Time{}, said: map[string][]string{}}
}

func (t *teller) begin(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[name] = time.Now()
	fmt.Fprintf(t.out, "%s   ...  %s\n", t.clock(), name)
}

func (t *teller) shows(name, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said[name] = append(t.said[name], strings.Split(text, "\n")...)
}

func (t *teller) end(o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, o.name)
	fmt.Fprintf(t.out, "%s  %s  %s  %s\n", t.clock(), mark(o), o.name, summary(o))
	if o.ok() {
		return
	}
	said := t.said[o.name]
	if cut := len(said) - shownLimit; cut > 0 {
		fmt.Fprintf(t.out, "      | (%d lines above are in .cache/log/%s)\n", cut, fileName(o.name))
		said = said[cut:]
	}
	for _, text := range said {
		fmt.Fprintf(t.out, "      | %s\n", text)
	}
}

func (t *teller) beat(stop <-chan struct{}) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			t.mu.Lock()
			var names []string
			for _, name := range slices.Sorted(maps.Keys(t.running)) {
				names = append(names, fmt.Sprintf("%s (%s)", name, seconds(time.Since(t.running[name]))))
			}
			fmt.Fprintf(t.out, "%s   ...  still running: %s\n", t.clock(), strings.Join(names, ", "))
			t.mu.Unlock()
		}
	}
}

func (t *teller) clock() string {
	passed := time.Since(t.begun).Round(time.Second)
	return fmt.Sprintf("%3d:%02d", int(passed.Minutes()), int(passed.Seconds())%60)
}

// report is the table at the end; its last line stands alone.
func report(out io.Writer, outcomes []outcome, took time.Duration) (failed int) {
	fmt.Fprintf(out, "\n%-26s %-7s %8s %7s %7s %8s\n", "suite", "result", "time", "passed", "failed", "skipped")
	passed := 0
	for _, o := range outcomes {
		fmt.Fprintf(out, "%-26s %-7s %8s %7d %7d %8d\n", o.name, mark(o), seconds(o.took), o.passed, o.failed, len(o.skipped))
		passed += o.passed
		failed += o.failed
	}
	for _, o := range outcomes {
		if o.absent != "" {
			fmt.Fprintf(out, "DID NOT RUN  %s: %s\n", o.name, o.absent)
		}
		for _, why := range o.skipped {
			fmt.Fprintf(out, "SKIPPED  %s: %s\n", o.name, why)
		}
	}
	fmt.Fprintf(out, "\nall suites took %s\n%d passed, %d failed\n", took.Round(time.Second), passed, failed)
	return failed
}

func mark(o outcome) string {
	switch {
	case !o.ok():
		return "FAILED"
	case !o.started:
		return "SKIPPED"
	default:
		return "ok"
	}
}

func summary(o outcome) string {
	if o.absent != "" {
		return "did not run: " + o.absent
	}
	text := seconds(o.took)
	if o.count != nil {
		text += fmt.Sprintf(", %d passed", o.passed)
	}
	if o.failed > 0 {
		text += fmt.Sprintf(", %d failed", o.failed)
	}
	if len(o.skipped) > 0 {
		text += fmt.Sprintf(", %d skipped", len(o.skipped))
	}
	return text
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

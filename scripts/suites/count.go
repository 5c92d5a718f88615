package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// tally is what a suite's own output says of its tests.
type tally struct {
	passed, failed int
	skipped        []string // each with its reason
}

// counter reads a suite's output line by line. It answers with what a person
// wants to see of the line, which may be nothing.
type counter func() reader

type reader interface {
	line(text string) (shown string)
	tally() tally
}

// countGo reads the events of `go test -json` and shows the output of failed
// tests and of packages that did not build; the rest only goes to the log.
func countGo() reader { return &goReader{output: map[string]*strings.Builder{}} }

type goReader struct {
	sum    tally
	output map[string]*strings.Builder
	failed map[string]bool
}

type goEvent struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
}

func (g *goReader) line(text string) string {
	var event goEvent
	if json.Unmarshal([]byte(text), &event) != nil {
		return text // not an event: the go command itself speaks
	}
	name := event.Package + " " + event.Test
	switch event.Action {
	case "build-output":
		return strings.TrimRight(event.Output, "\n")
	case "output":
		if g.output[name] == nil {
			g.output[name] = new(strings.Builder)
		}
		g.output[name].WriteString(event.Output)
	case "pass", "fail", "skip":
		said := g.output[name]
		delete(g.output, name)
		if said == nil {
			said = new(strings.Builder)
		}
		return g.end(event, said.String())
	}
	return ""
}

func (g *goReader) end(event goEvent, said string) string {
	if event.Test == "" {
		// A package fails by itself when it does not build, panics outside a
		// test, or runs out of time; otherwise its tests were counted.
		if event.Action != "fail" || g.failed[event.Package] {
			return ""
		}
		g.sum.failed++
		return fmt.Sprintf("FAIL %s\n%s", event.Package, strings.TrimRight(said, "\n"))
	}
	switch event.Action {
	case "pass":
		g.sum.passed++
	case "skip":
		g.sum.skipped = append(g.sum.skipped, reason(event, said))
	case "fail":
		g.sum.failed++
		if g.failed == nil {
			g.failed = map[string]bool{}
		}
		g.failed[event.Package] = true
		return fmt.Sprintf("FAIL %s %s\n%s", event.Package, event.Test, strings.TrimRight(said, "\n"))
	}
	return ""
}

func (g *goReader) tally() tally { return g.sum }

// reason keeps the test's own sentence of a skip, without go test's frame.
func reason(event goEvent, said string) string {
	var sentences []string
	for text := range strings.Lines(said) {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "=== ") || strings.HasPrefix(text, "--- ") {
			continue
		}
		if file, rest, ok := strings.Cut(text, ": "); ok && strings.Contains(file, ".go:") {
			text = rest
		}
		sentences = append(sentences, text)
	}
	_, short, _ := strings.Cut(event.Package, "countersign/")
	return fmt.Sprintf("%s %s: %s", short, event.Test, strings.Join(sentences, " "))
}

// countNode reads the totals that node's own test runner ends with.
func countNode() reader { return &nodeReader{} }

type nodeReader struct{ sum tally }

var (
	nodeTotal = regexp.MustCompile(`^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$`)
	nodeSkip  = regexp.MustCompile(`^\s*(?:﹣|ok \d+ -) (.+ # SKIP.*)$`)
)

func (n *nodeReader) line(text string) string {
	if skip := nodeSkip.FindStringSubmatch(text); skip != nil {
		n.sum.skipped = append(n.sum.skipped, skip[1])
	}
	total := nodeTotal.FindStringSubmatch(text)
	if total == nil {
		return text
	}
	count, _ := strconv.Atoi(total[2])
	switch total[1] {
	case "pass":
		n.sum.passed += count
	case "fail", "cancelled":
		n.sum.failed += count
	}
	return ""
}

func (n *nodeReader) tally() tally { return n.sum }

// countVitest reads the line `Tests  1 failed | 12 passed | 1 skipped (14)`.
func countVitest() reader { return &vitestReader{} }

type vitestReader struct{ sum tally }

var vitestPart = regexp.MustCompile(`(\d+) (passed|failed|skipped|todo)`)

func (v *vitestReader) line(text string) string {
	if !strings.HasPrefix(strings.TrimSpace(text), "Tests ") {
		return text
	}
	for _, part := range vitestPart.FindAllStringSubmatch(text, -1) {
		count, _ := strconv.Atoi(part[1])
		switch part[2] {
		case "passed":
			v.sum.passed += count
		case "failed":
			v.sum.failed += count
		default:
			v.sum.skipped = append(v.sum.skipped, part[0])
		}
	}
	return text
}

func (v *vitestReader) tally() tally { return v.sum }

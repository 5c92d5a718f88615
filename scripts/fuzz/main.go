package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// shortest is what a target needs to get beyond its seeds.
const shortest = time.Second

type target struct{ folder, name string }

func main() {
	each := flag.Duration("each", 0, "time for each target")
	all := flag.Duration("all", 0, "time shared by all targets")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, *each, *all); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, each, all time.Duration) error {
	targets, err := find(".")
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return errors.New("no fuzz target was found")
	}
	if each == 0 {
		each = max(shortest, all/time.Duration(len(targets)))
	}
	var failed []error
	for i, t := range targets {
		fmt.Printf("%d/%d  %s %s, %s\n", i+1, len(targets), t.folder, t.name, each)
		fuzz := exec.CommandContext(ctx, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+each.String(), "./"+t.folder)
		var said bytes.Buffer
		fuzz.Stdout, fuzz.Stderr = io.MultiWriter(os.Stdout, &said), os.Stderr
		err := fuzz.Run()
		if err != nil && onlyRanOutOfTime(said.String()) {
			fmt.Println("      that was the end of the time, not a finding (go.dev/issue/75804)")
			continue
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s %s: %w", t.folder, t.name, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(failed...)
}

// deadline is all that a target says when Go 1.26 takes the end of -fuzztime
// for a failure, a race in the go tool that 1.27 mends.
var deadline = regexp.MustCompile(`(?m)^--- FAIL: \w+ \([0-9.]+s\)\n    context deadline exceeded\nFAIL$`)

// onlyRanOutOfTime tells that race from a finding: a finding names its input,
// and a failing seed its own line.
func onlyRanOutOfTime(said string) bool {
	return deadline.MatchString(said) && strings.Count(said, "--- FAIL") == 1 && !strings.Contains(said, "Failing input")
}

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// find reads the sources: asking the go tool would build every package's tests
// a second time, for the few that fuzz.
func find(root string) ([]target, error) {
	var targets []target
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (slices.Contains([]string{"node_modules", "testdata", "dist"}, entry.Name()) || name != root && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, found := range declaration.FindAllSubmatch(source, -1) {
			targets = append(targets, target{filepath.ToSlash(filepath.Dir(name)), string(found[1])})
		}
		return nil
	})
	return targets, err
}

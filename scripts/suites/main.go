package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	failed, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "suites:", err)
	}
	if failed > 0 || err != nil {
		os.Exit(1)
	}
}

func run(names []string) (failed int, err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	root, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Join(root, ".cache", "log"), 0o755); err != nil {
		return 0, err
	}
	packages, err := list(ctx)
	if err != nil {
		return 0, err
	}
	chosen, err := choose(table(packages), names)
	if err != nil {
		return 0, err
	}
	r := runner{root: root, require: strings.Split(os.Getenv("COUNTERSIGN_TEST_REQUIRE"), ","), tell: newTeller(os.Stdout)}
	stop := make(chan struct{})
	go r.tell.beat(stop)
	begin := time.Now()
	outcomes := r.all(ctx, chosen)
	close(stop)
	return report(os.Stdout, outcomes, time.Since(begin)), nil
}

// choose takes one plan, or suites by name; nothing means every suite.
func choose(suites []suite, names []string) ([]suite, error) {
	if len(names) == 0 {
		names = []string{"all"}
	}
	if plan, ok := plans[names[0]]; ok && len(names) == 1 {
		return slices.DeleteFunc(suites, func(s suite) bool { return s.in&plan == 0 }), nil
	}
	var known []string
	for _, s := range suites {
		known = append(known, s.name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("no suite is called %q; there are: %s", name, strings.Join(known, "; "))
		}
	}
	return slices.DeleteFunc(suites, func(s suite) bool { return !slices.Contains(names, s.name) }), nil
}

// list names every package by its place in the module.
func list(ctx context.Context) ([]string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Module.Path}} {{.ImportPath}}", "./...").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go list: %s", exit.Stderr)
	}
	if err != nil {
		return nil, err
	}
	var places []string
	for text := range strings.Lines(string(out)) {
		module, importPath, _ := strings.Cut(strings.TrimSpace(text), " ")
		places = append(places, cmp.Or(strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/"), "."))
	}
	return places, nil
}

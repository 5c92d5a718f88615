package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// outcome is what became of one suite.
type outcome struct {
	suite
	tally
	took    time.Duration
	started bool
	absent  string // why it did not run
}

func (o outcome) ok() bool { return o.failed == 0 }

// runner runs suites lane by lane and tells as it goes.
type runner struct {
	root    string
	require []string
	tell    *teller
	done    map[string]chan struct{}

	mu       sync.Mutex
	outcomes map[string]outcome
}

func (r *runner) all(ctx context.Context, suites []suite) []outcome {
	r.done, r.outcomes = map[string]chan struct{}{}, map[string]outcome{}
	for _, s := range suites {
		r.done[s.name] = make(chan struct{})
	}
	var lanes sync.WaitGroup
	for _, name := range []lane{laneGo, laneBeside} {
		lanes.Go(func() { r.lane(ctx, name, suites) })
	}
	lanes.Wait()
	r.lane(ctx, laneAlone, suites)

	ordered := make([]outcome, 0, len(suites))
	for _, s := range suites {
		ordered = append(ordered, r.outcomes[s.name])
	}
	return ordered
}

func (r *runner) lane(ctx context.Context, name lane, suites []suite) {
	for _, s := range suites {
		if s.lane != name {
			continue
		}
		o := r.one(ctx, s)
		r.mu.Lock()
		r.outcomes[s.name] = o
		r.mu.Unlock()
		close(r.done[s.name])
		r.tell.end(o)
	}
}

func (r *runner) one(ctx context.Context, s suite) outcome {
	o := outcome{suite: s}
	for _, earlier := range s.after {
		if r.done[earlier] == nil {
			continue // run by name, without what it usually follows
		}
		<-r.done[earlier]
		r.mu.Lock()
		passed := r.outcomes[earlier].ok()
		r.mu.Unlock()
		if !passed {
			o.failed, o.absent = 1, earlier+" failed"
			return o
		}
	}
	if ctx.Err() != nil {
		o.failed, o.absent = 1, "the run was interrupted"
		return o
	}
	for _, path := range s.needs {
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.root, path)
		}
		if _, err := os.Stat(path); err != nil {
			o.absent = path + " is missing; `make deps` brings what this machine can have"
			if slices.Contains(r.require, s.demand) {
				o.failed = 1
			}
			return o
		}
	}
	return r.run(ctx, o)
}

func (r *runner) run(ctx context.Context, o outcome) outcome {
	limit := o.limit
	if limit == 0 {
		limit = defaultLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begin := time.Now()
	o.started = true
	r.tell.begin(o.name)

	log, err := os.Create(filepath.Join(r.root, ".cache", "log", fileName(o.name)))
	if err != nil {
		o.failed = 1
		r.tell.shows(o.name, err.Error())
		return o
	}
	defer log.Close()

	command := exec.CommandContext(ctx, o.command[0], o.command[1:]...)
	command.Dir = filepath.Join(r.root, o.dir)
	// Colours would stand between the numbers that are counted.
	command.Env = append(append(os.Environ(), "NO_COLOR=1"), o.env...)
	// A group of its own: ending a suite ends the browsers and servers it started.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second

	count := o.count
	if count == nil {
		count = countItself
	}
	tests := count()
	output, input := io.Pipe()
	command.Stdout, command.Stderr = input, input
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewReader(output)
		for {
			text, err := lines.ReadString('\n')
			if text != "" {
				fmt.Fprint(log, text)
				if show := tests.line(strings.TrimRight(text, "\n")); show != "" {
					r.tell.shows(o.name, show)
				}
			}
			if err != nil {
				return
			}
		}
	}()
	err = command.Run()
	input.Close()
	<-read
	// What the group left running would outlive the run and hold its port.
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)

	o.tally, o.took = tests.tally(), time.Since(begin)
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		o.failed++
		r.tell.shows(o.name, fmt.Sprintf("ended after its limit of %s", limit))
	case err != nil && o.failed == 0:
		o.failed = 1
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			r.tell.shows(o.name, err.Error())
		}
	case err == nil && o.count == nil:
		o.passed = 1
	case err == nil && !o.mayBeEmpty && o.passed+o.failed+len(o.skipped) == 0:
		// A suite that runs nothing must not look like one that passes.
		o.failed = 1
		r.tell.shows(o.name, "no test was counted")
	}
	return o
}

// countItself is for commands that check one thing: they pass or fail.
func countItself() reader { return itself{} }

type itself struct{}

func (itself) line(text string) string { return text }
func (itself) tally() tally            { return tally{} }

func fileName(suite string) string {
	return strings.NewReplacer(" ", "-", ",", "").Replace(suite) + ".log"
}

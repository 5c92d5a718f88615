package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// commits counts, by strace, how often the server waits for the disk in one
// flow while nobody else calls.
type commits struct {
	tracer *exec.Cmd
	report string
	said   bytes.Buffer
}

func (s *server) trace(ctx context.Context) (*commits, error) {
	program, err := exec.LookPath("strace")
	if err != nil {
		return nil, err
	}
	c := &commits{report: filepath.Join(s.folder, "strace")}
	c.tracer = exec.CommandContext(ctx, program, "-f", "-q", "-e", "trace=fsync,fdatasync,msync,sync_file_range", "-o", c.report, "-p", strconv.Itoa(s.pid()))
	c.tracer.Stderr = &c.said
	if err := c.tracer.Start(); err != nil {
		return nil, err
	}
	if err := s.held(ctx); err != nil {
		c.stop()
		return nil, fmt.Errorf("%w\n%s", err, &c.said)
	}
	return c, nil
}

// held waits until every thread of the server is traced.
func (s *server) held(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.pid()))
		if err != nil {
			return err
		}
		free := len(threads) == 0
		for _, thread := range threads {
			status, err := os.ReadFile(thread)
			free = free || err != nil || bytes.Contains(status, []byte("TracerPid:\t0\n"))
		}
		if !free {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("strace does not hold the server: %w", ctx.Err())
		}
	}
}

func (c *commits) stop() {
	_ = c.tracer.Process.Signal(syscall.SIGINT)
	_ = c.tracer.Wait()
}

func (c *commits) count() (int, error) {
	text, err := os.ReadFile(c.report)
	return bytes.Count(text, []byte("sync(")), err
}

// perFlow runs a flow a few times, alone, and says how many commits one took.
func (c *commits) perFlow(ctx context.Context, a *actor, times int, prepare, flow func(*actor, context.Context) error) (float64, error) {
	total := 0
	for range times {
		if prepare != nil {
			if err := prepare(a, ctx); err != nil {
				return 0, err
			}
		}
		before, err := c.count()
		if err != nil {
			return 0, err
		}
		if err := flow(a, ctx); err != nil {
			return 0, err
		}
		after, err := c.count()
		if err != nil {
			return 0, err
		}
		total += after - before
	}
	return float64(total) / float64(times), nil
}

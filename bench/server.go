package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// built is the folder of freshly built programs.
type built string

// build makes both programs as `make build` does.
func build(ctx context.Context, folder string) (built, error) {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", folder+"/", "./cmd/...")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return built(folder), nil
}

func (b built) size(name string) (int64, error) {
	s, err := os.Stat(filepath.Join(string(b), name))
	if err != nil {
		return 0, err
	}
	return s.Size(), nil
}

// server is one countersignd with its own folder or database.
type server struct {
	programs built
	folder   string
	database string // "" is SQLite in the folder
	listen   string
	issuer   string
	running  *exec.Cmd
	ended    chan error
	said     bytes.Buffer
}

func newServer(programs built, folder, database string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return &server{programs: programs, folder: folder, database: database, listen: "127.0.0.1:" + port, issuer: "http://localhost:" + port}, nil
}

func (s *server) arguments(more ...string) []string {
	flags := []string{"--data", s.folder, "--issuer", s.issuer, "--listen", s.listen}
	if s.database != "" {
		flags = append(flags, "--database", s.database)
	}
	return append(flags, more...)
}

// admin runs one of the operator's commands and reads what it prints as JSON.
func (s *server) admin(ctx context.Context, stdin string, into any, words ...string) error {
	c := exec.CommandContext(ctx, filepath.Join(string(s.programs), "countersignd"), s.arguments(append([]string{"admin"}, words...)...)...)
	c.Stdin = strings.NewReader(stdin)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("countersignd admin %s: %w\n%s", strings.Join(words, " "), err, &complaint)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(out, into)
}

// start runs the server and waits until it is healthy; it says how long that
// took, from the fork on.
func (s *server) start(ctx context.Context) (time.Duration, error) {
	// Every sign-in of the bench comes from an address of its own, as a proxy
	// tells: the pace of one address would otherwise be what is measured.
	c := exec.CommandContext(ctx, filepath.Join(string(s.programs), "countersignd"), s.arguments("serve", "--behind-proxy", "127.0.0.1")...)
	s.said.Reset()
	c.Stdout, c.Stderr = &s.said, &s.said
	begun := time.Now()
	if err := c.Start(); err != nil {
		return 0, err
	}
	s.running, s.ended = c, make(chan error, 1)
	go func() { s.ended <- c.Wait() }()
	if err := s.await(ctx); err != nil {
		return 0, errors.Join(err, s.stop())
	}
	return time.Since(begun), nil
}

const startLimit = 30 * time.Second

func (s *server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer+"/healthz", nil)
		if err != nil {
			return err
		}
		if answer, err := client.Do(r); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-again.C:
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the server ended while starting: %w\n%s", err, &s.said)
		case <-ctx.Done():
			return fmt.Errorf("the server is not healthy after %v: %w", startLimit, ctx.Err())
		}
	}
}

// stop ends the server as its operator would.
func (s *server) stop() error {
	if s.running == nil {
		return nil
	}
	_ = s.running.Process.Signal(syscall.SIGTERM)
	err := <-s.ended
	s.running = nil
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && strings.Contains(s.said.String(), "Server closed") {
		return nil
	}
	return err
}

func (s *server) pid() int { return s.running.Process.Pid }

// memory is what the kernel counts as resident now, and at most so far.
func (s *server) memory() (now, most int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid()))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
		switch name {
		case "VmRSS":
			now = kib << 10
		case "VmHWM":
			most = kib << 10
		}
	}
	if now == 0 || most == 0 {
		return 0, 0, errors.New("the kernel does not tell resident memory")
	}
	return now, most, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/countersign-id/countersign/internal/postgrestest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
	}
	os.Exit(code)
}

func run(command []string) (int, error) {
	if len(command) == 0 {
		return 2, errors.New("name a command, for example go test ./store")
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()

	child := exec.CommandContext(ctx, command[0], command[1:]...)
	// The terminal's Ctrl-C reaches the command by itself; SIGTERM does not.
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = os.Environ()

	cluster, err := postgrestest.Start(ctx)
	switch {
	case errors.Is(err, postgrestest.ErrAbsent):
		fmt.Fprintln(os.Stderr, "withpostgres:", err, "- tests on PostgreSQL will skip; `make deps` installs it")
	case err != nil:
		return 1, err
	default:
		defer cluster.Stop()
		child.Env = append(child.Env, postgrestest.Variable+"="+cluster.DSN())
	}

	err = child.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

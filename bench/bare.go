package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// bareWord makes this program the other process: the least that a server in
// Go can do for one call, to measure everything else against.
const bareWord = "bare"

func bare() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"status": "running"})
	}))
}

// bareServer is that process.
type bareServer struct {
	running *exec.Cmd
	address string
	costs   []time.Duration
}

func startBare(ctx context.Context) (*bareServer, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, own, bareWord)
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	b := &bareServer{running: c}
	if _, err := fmt.Fscanln(out, &b.address); err != nil {
		return nil, errors.Join(err, b.stop())
	}
	return b, nil
}

func (b *bareServer) stop() error {
	err := b.running.Process.Kill()
	_ = b.running.Wait()
	return err
}

// barePerActor makes a round long enough for a clock of nanoseconds, and short
// enough to stand beside every single measurement.
const barePerActor = 24

func (b *bareServer) round(ctx context.Context, actors []*actor) (time.Duration, error) {
	cost, err := measured(ctx, b.running.Process.Pid, actors, barePerActor, func(a *actor, ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address+"/", nil)
		if err != nil {
			return err
		}
		return read(a.browser.http, r)
	})
	b.costs = append(b.costs, cost)
	return cost, err
}

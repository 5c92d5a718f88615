package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/countersign-id/countersign/internal/postgrestest"
)

// plan is how much is measured.
type plan struct {
	people   int // with a phone each
	rounds   int
	apps     int // people with a passcode app, in all rounds together
	large    int // accounts of the larger server; 0 leaves it out
	starts   int
	while    time.Duration // of free-running sign-ins
	learning int           // rounds of the waiting pages
}

var (
	whole = plan{people: 64, rounds: 7, apps: 2100, large: 100_000, starts: 7, while: 4 * time.Second, learning: 4}
	slice = plan{people: 16, rounds: 3, apps: 150, starts: 3, while: time.Second, learning: 1}
)

// small is how many accounts the smaller server has in a whole run.
const small = 100

func main() {
	if len(os.Args) == 2 && os.Args[1] == bareWord {
		fmt.Fprintln(os.Stderr, bare())
		os.Exit(1)
	}
	quick := flag.Bool("quick", false, "a slice of each figure; fail when one is beyond its limit")
	asJSON := flag.Bool("json", false, "print as JSON")
	write := flag.String("write", "", "put the tables between the marks of this `file` too")
	from := flag.String("from", "", "show the figures of an earlier run, as --json printed them to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p := whole
	if *quick {
		p = slice
	}
	var r *report
	var err error
	if *from != "" {
		r, err = earlier(*from)
	} else {
		r, err = run(ctx, p)
	}
	if err == nil && *asJSON {
		err = json.NewEncoder(os.Stdout).Encode(r)
	} else if err == nil {
		fmt.Print(r.tables())
	}
	if err == nil && *write != "" {
		err = r.write(*write)
	}
	if err == nil && *quick {
		err = r.far()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func earlier(name string) (*report, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r report
	return &r, json.Unmarshal(text, &r)
}

func run(ctx context.Context, p plan) (r *report, err error) {
	folder, err := os.MkdirTemp("", "countersign-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	programs, err := build(ctx, filepath.Join(folder, "bin"))
	if err != nil {
		return nil, err
	}
	r = &report{Plan: fmt.Sprintf("%d rounds, %d clients", p.rounds, clients)}
	for _, name := range []string{"countersignd", "countersign"} {
		size, err := programs.size(name)
		if err != nil {
			return nil, err
		}
		r.Programs = append(r.Programs, program{name, size})
	}
	floor, err := startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, floor.stop()) }()
	if err := r.onSQLite(ctx, p, programs, folder, floor); err != nil {
		return nil, fmt.Errorf("on SQLite: %w", err)
	}
	if cluster := os.Getenv(postgrestest.Variable); cluster != "" {
		if err := r.onPostgres(ctx, p, programs, floor, folder, cluster); err != nil {
			return nil, fmt.Errorf("on PostgreSQL: %w", err)
		}
	}
	r.Bare = milliseconds(median(floor.costs))
	return r, nil
}

// open fills a server, starts it and gives people their phones.
func open(ctx context.Context, programs built, floor *bareServer, folder, database string, accounts, apps, people int) (*bench, error) {
	s, err := newServer(programs, folder, database)
	if err != nil {
		return nil, err
	}
	b := &bench{server: s, transport: newTransport(), floor: floor, spentOn: make(map[string][]time.Duration), inCalls: make(map[string][]float64)}
	if b.withApp, err = s.load(ctx, accounts, apps); err != nil {
		return nil, fmt.Errorf("loading %d accounts: %w", accounts, err)
	}
	if _, err = s.start(ctx); err != nil {
		return nil, err
	}
	if b.actors, err = s.people(ctx, people, b.transport); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return b, nil
}

func (r *report) onSQLite(ctx context.Context, p plan, programs built, folder string, floor *bareServer) (err error) {
	many, err := open(ctx, programs, floor, filepath.Join(folder, "main"), "", max(p.apps, p.large-p.people), p.apps, p.people)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, many.stop()) }()
	pair := []*bench{many}
	if p.large > 0 {
		few, err := open(ctx, programs, floor, filepath.Join(folder, "few"), "", small-p.people, 0, p.people)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, few.stop()) }()
		pair = append(pair, few)
	}
	for i := range p.rounds {
		for _, b := range pair {
			if err := b.round(ctx, i, p.rounds); err != nil {
				return err
			}
		}
	}
	r.SQLite = figures(many)
	if p.large > 0 {
		r.compare(many, pair[1])
	}
	if r.PerSecond, err = many.perSecond(ctx, p.while); err != nil {
		return err
	}
	for _, waiting := range []int{1, 64} {
		l, err := many.learn(ctx, min(waiting, p.people), p.learning*max(1, p.people/waiting))
		if err != nil {
			return err
		}
		r.learnt(min(waiting, p.people), l)
	}
	if r.Visit, err = many.firstVisit(ctx); err != nil {
		return err
	}
	if err := r.commits(ctx, many); err != nil {
		return err
	}
	last := pair[len(pair)-1]
	return r.restarts(ctx, last, p.starts)
}

// restarts measures starting, and memory: at rest, and in a storm of sign-ins.
func (r *report) restarts(ctx context.Context, b *bench, starts int) error {
	var took []time.Duration
	for range starts {
		if err := b.stop(); err != nil {
			return err
		}
		t, err := b.start(ctx)
		if err != nil {
			return err
		}
		took = append(took, t)
	}
	r.Start = milliseconds(median(took))
	var err error
	if r.Idle, _, err = b.memory(); err != nil {
		return err
	}
	for range 3 {
		if err := each(len(b.actors), len(b.actors), func(i int) error { return b.actors[i].signIn(ctx) }); err != nil {
			return err
		}
	}
	r.Crowd = len(b.actors)
	r.Busy, r.Most, err = b.memory()
	return err
}

func (r *report) commits(ctx context.Context, b *bench) error {
	a := b.actors[0]
	c, err := b.trace(ctx)
	if err != nil {
		r.Untraced = err.Error()
		return nil
	}
	defer c.stop()
	if err := a.signIn(ctx); err != nil { // "last seen" is written once a minute, and is not the flow's
		return err
	}
	const times = 10
	for _, f := range []struct {
		name         string
		prepare, act func(*actor, context.Context) error
	}{
		{"approved sign-in with code and token", nil, (*actor).signIn},
		{ofFlow, nil, (*actor).flow},
		{ofCeremony, (*actor).arrived, (*actor).ceremony},
	} {
		n, err := c.perFlow(ctx, a, times, f.prepare, f.act)
		if err != nil {
			return err
		}
		r.Commits = append(r.Commits, commitsOf{f.name, n})
	}
	return nil
}

func (r *report) onPostgres(ctx context.Context, p plan, programs built, floor *bareServer, folder, cluster string) (err error) {
	database, drop, err := postgrestest.Fresh(ctx, cluster)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	b, err := open(ctx, programs, floor, filepath.Join(folder, "postgres"), database, max(p.apps, small-p.people), p.apps, p.people)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	for i := range p.rounds {
		if err := b.round(ctx, i, p.rounds); err != nil {
			return err
		}
	}
	r.Postgres = figures(b)
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

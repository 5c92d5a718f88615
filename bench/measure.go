package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// clients is how many call at once, as in the figures of others.
const clients = 16

// operation is what one figure is about. prepare puts an actor where the act
// begins, and is not counted.
type operation struct {
	name    string
	repeat  int // times per actor and round
	prepare func(*actor, context.Context) error
	act     func(*actor, context.Context) error
}

// bench is one server under measurement.
type bench struct {
	*server
	actors    []*actor
	withApp   []*actor
	transport *http.Transport
	floor     *bareServer
	spentOn   map[string][]time.Duration // per act, one for each round
	inCalls   map[string][]float64       // the same, in bare calls of that moment
}

func newTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true}
}

// measured runs an act for all actors, each actor's own one after the other,
// and says what one act cost the server.
func measured(ctx context.Context, pid int, actors []*actor, repeat int, act func(*actor, context.Context) error) (time.Duration, error) {
	before, err := spent(pid)
	if err != nil {
		return 0, err
	}
	err = each(clients, len(actors), func(i int) error {
		for range repeat {
			if err := act(actors[i], ctx); err != nil {
				return err
			}
		}
		return nil
	})
	after, err2 := spent(pid)
	return (after - before) / time.Duration(repeat*len(actors)), errors.Join(err, err2)
}

// note keeps what one act cost, beside what a bare call costs at this moment:
// other work on the machine makes both dearer.
func (b *bench) note(ctx context.Context, name string, cost time.Duration) error {
	bare, err := b.floor.round(ctx, b.actors)
	if err != nil {
		return err
	}
	b.spentOn[name] = append(b.spentOn[name], cost)
	b.inCalls[name] = append(b.inCalls[name], float64(cost)/float64(bare))
	return nil
}

// The figures, by name.
const (
	ofCeremony = "push approval, whole ceremony"
	ofSignIn   = "approved sign-in with code and token, but for the password step"
	ofPassword = "password step"
	ofFlow     = "code flow with a live session"
	ofUserinfo = "userinfo"
	ofPasscode = "passcode check, durable, single use"
)

var operations = []operation{
	{ofCeremony, 4, (*actor).arrived, (*actor).ceremony},
	{ofFlow, 8, nil, (*actor).flow},
	{ofUserinfo, 32, nil, (*actor).userinfo},
}

// round measures everything once. The sign-in goes first: the flows after it
// use its session.
func (b *bench) round(ctx context.Context, number, rounds int) error {
	if err := b.signIns(ctx); err != nil {
		return err
	}
	kept := make([]map[string]string, len(b.actors))
	for i, a := range b.actors {
		kept[i] = clone(a.browser.cookies)
	}
	for _, o := range operations {
		var cost time.Duration
		for range o.repeat {
			if o.prepare != nil {
				if err := each(clients, len(b.actors), func(i int) error { return o.prepare(b.actors[i], ctx) }); err != nil {
					return err
				}
			}
			once, err := measured(ctx, b.pid(), b.actors, 1, o.act)
			if err != nil {
				return err
			}
			cost += once
		}
		if err := b.note(ctx, o.name, cost/time.Duration(o.repeat)); err != nil {
			return err
		}
		for i, a := range b.actors {
			a.browser.cookies = clone(kept[i])
		}
	}
	return b.passcodes(ctx, number, rounds)
}

func clone(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// signIns measures the three parts of a sign-in, everybody in step, so that the
// password's hash stands apart.
func (b *bench) signIns(ctx context.Context) error {
	var costs []time.Duration
	for _, part := range []func(*actor, context.Context) error{(*actor).beforePassword, (*actor).typePassword, (*actor).afterPassword} {
		cost, err := measured(ctx, b.pid(), b.actors, 1, part)
		if err != nil {
			return err
		}
		costs = append(costs, cost)
	}
	return errors.Join(b.note(ctx, ofSignIn, costs[0]+costs[2]), b.note(ctx, ofPassword, costs[1]))
}

// passcodes checks this round's share of the codes: each counts once.
func (b *bench) passcodes(ctx context.Context, number, rounds int) error {
	share := len(b.withApp) / rounds
	if share == 0 {
		return nil
	}
	mine := b.withApp[number*share : (number+1)*share]
	err := each(clients, len(mine), func(i int) error {
		mine[i].browser = newBrowser(b.issuer, b.transport)
		return errors.Join(mine[i].arrived(ctx), mine[i].look())
	})
	if err != nil {
		return err
	}
	cost, err := measured(ctx, b.pid(), mine, 1, (*actor).typePasscode)
	if err != nil {
		return err
	}
	return b.note(ctx, ofPasscode, cost)
}

// perSecond runs whole sign-ins, nobody in step, for a while.
func (b *bench) perSecond(ctx context.Context, while time.Duration) (float64, error) {
	begun := time.Now()
	done := make([]int, clients)
	err := each(clients, clients, func(i int) error {
		for time.Since(begun) < while {
			if err := b.actors[i].signIn(ctx); err != nil {
				return err
			}
			done[i]++
		}
		return nil
	})
	total := 0
	for _, n := range done {
		total += n
	}
	return float64(total) / time.Since(begun).Seconds(), err
}

// learnt is the time from the phone's decision to the page's move, while all
// others of a crowd wait: from when the phone sent it, and from when it had its
// answer, which may be after the page moved.
type learnt struct{ sent, answered []time.Duration }

func (b *bench) learn(ctx context.Context, waiting, rounds int) (learnt, error) {
	var l learnt
	crowd := b.actors[:min(waiting, len(b.actors))]
	for range rounds {
		err := each(clients, len(crowd), func(i int) error {
			a := crowd[i]
			if err := a.arrived(ctx); err != nil {
				return err
			}
			if err := a.ask(ctx); err != nil {
				return err
			}
			return a.wait(ctx)
		})
		if err != nil {
			return l, err
		}
		for _, a := range crowd {
			moved := make(chan time.Time, 1)
			var failed error
			go func() {
				failed = a.live.moved()
				moved <- time.Now()
			}()
			sent := time.Now()
			if err := a.decide(ctx); err != nil {
				return l, err
			}
			answered := time.Now()
			at := <-moved
			if failed != nil {
				return l, failed
			}
			a.live.close()
			l.sent, l.answered = append(l.sent, at.Sub(sent)), append(l.answered, at.Sub(answered))
		}
	}
	return l, nil
}

func quantile[T cmp.Ordered](all []T, q float64) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func median[T cmp.Ordered](all []T) T { return quantile(all, 0.5) }

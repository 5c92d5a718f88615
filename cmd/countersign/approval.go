package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone"
)

// waiting is a request and the device that can answer it.
type waiting struct {
	phone.Request
	of     vault.Device
	device *phone.Device
}

type requestShown struct {
	ID          string `json:"id"`
	Issuer      string `json:"issuer"`
	Purpose     string `json:"purpose"`
	Client      string `json:"client"`
	Host        string `json:"host"`
	Account     string `json:"account"`
	Address     string `json:"address"`
	Place       string `json:"place"`
	Browser     string `json:"browser"`
	System      string `json:"system"`
	Known       bool   `json:"known"`
	Message     string `json:"message"`
	Digits      int    `json:"digits"`
	AskedAt     string `json:"asked_at"`
	NotAfter    string `json:"not_after"`
	SecondsLeft int    `json:"seconds_left"`
}

func (w *waiting) shown(now time.Time) requestShown {
	c := w.Context
	return requestShown{ID: w.ID, Issuer: w.of.Issuer, Purpose: string(c.Purpose), Client: c.Client, Host: c.Host, Account: c.Account,
		Address: c.Address, Place: c.Place, Browser: c.Browser, System: c.System, Known: c.Known, Message: c.Message, Digits: w.Digits,
		AskedAt: w.Asked.UTC().Format(time.RFC3339), NotAfter: w.NotAfter.UTC().Format(time.RFC3339), SecondsLeft: w.left(now)}
}

// left is by the server's clock, as far as it is known to differ from ours.
func (w *waiting) left(now time.Time) int {
	return max(0, int(w.NotAfter.Sub(now.Add(w.device.Offset()))/time.Second))
}

// told is a request as a person reads it, the registered host always beside
// the name that the relying party gave itself (check C4).
func (w *waiting) told(id string, now time.Time) string {
	c := w.Context
	var b strings.Builder
	verb := "wants to sign you in"
	if c.Purpose == countersign.PurposeTest {
		verb = "tries whether this computer can approve"
	}
	fmt.Fprintf(&b, "%s  %s %s (%s)\n", id, shown(c.Client), verb, shown(c.Host))
	known := "a browser you have not used before"
	if c.Known {
		known = "a browser you use"
	}
	from := []string{}
	if c.Browser != "" || c.System != "" {
		from = append(from, strings.TrimPrefix(shown(c.Browser)+" on "+shown(c.System), " on "))
	}
	place := shown(c.Place)
	if place == "" || place == "unknown" {
		place = "place unknown"
	}
	from = append(from, place, shown(c.Address))
	fmt.Fprintf(&b, "    %s, %s\n", strings.Join(from, ", "), known)
	if c.Message != "" {
		fmt.Fprintf(&b, "    It says: %s\n", shown(c.Message))
	}
	fmt.Fprintf(&b, "    for %s at %s; %s left; the number has %s\n", shown(c.Account), hostOf(w.of.Issuer),
		plural(w.left(now), "second", "seconds"), plural(w.Digits, "digit", "digits"))
	return b.String()
}

// fetchWaiting asks every server where this computer is active, at once. Some
// may not answer: what the others say is returned all the same.
func (s *session) fetchWaiting(ctx context.Context) (all []waiting, failed []error, err error) {
	c, err := s.content()
	if err != nil {
		return nil, nil, err
	}
	devices := slices.DeleteFunc(c.Devices, func(d vault.Device) bool { return d.State == countersign.DeviceRevoked })
	if len(devices) == 0 {
		return nil, nil, &failure{exit: exitNone, code: "no-devices", said: saidNoDevices, next: nextNoDevices}
	}
	lists := make([][]waiting, len(devices))
	failures := make([]error, len(devices))
	var group sync.WaitGroup
	for i, d := range devices {
		group.Go(func() {
			device, err := s.deviceOf(&d)
			if err != nil {
				failures[i] = err
				return
			}
			requests, err := device.Requests(ctx)
			if err != nil {
				failures[i] = fmt.Errorf("%s: %w", hostOf(d.Issuer), err)
				return
			}
			for _, r := range requests {
				lists[i] = append(lists[i], waiting{r, d, device})
			}
		})
	}
	group.Wait()
	failed = slices.DeleteFunc(failures, func(err error) bool { return err == nil })
	return once(lists), failed, nil
}

// once joins lists and keeps each request once: enrolled twice for one
// account, this computer sees its requests twice.
func once(lists [][]waiting) (all []waiting) {
	type place struct{ issuer, id string }
	seen := make(map[place]bool)
	for _, w := range slices.Concat(lists...) {
		if p := (place{w.of.Issuer, w.ID}); !seen[p] {
			seen[p] = true
			all = append(all, w)
		}
	}
	return all
}

type pendingCommand struct {
	Follow bool `help:"Keep the list up to date."`
}

func (k *pendingCommand) Run(ctx context.Context, s *session) error {
	if k.Follow {
		return s.follow(ctx)
	}
	all, failed, err := s.fetchWaiting(ctx)
	if err != nil {
		return err
	}
	if len(failed) > 0 && len(all) == 0 {
		return failed[0]
	}
	for _, err := range failed {
		fmt.Fprintln(s.stderr, "countersign:", failureOf(err, s.Vault).said)
	}
	return s.showWaiting(all)
}

func (s *session) showWaiting(all []waiting) error {
	now := s.now()
	if s.JSON {
		out := make([]requestShown, 0, len(all))
		for i := range all {
			out = append(out, all[i].shown(now))
		}
		return writeJSON(s.stdout, map[string]any{"requests": out})
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.stdout, saidNoneWaits)
		return err
	}
	var ids []string
	for i := range all {
		ids = append(ids, all[i].ID)
	}
	short := shorten(ids)
	var b strings.Builder
	for i := range all {
		b.WriteString(all[i].told(short[all[i].ID], now))
	}
	fmt.Fprintf(&b, "Approve: countersign approve %s --number NN    It was not you: countersign deny %s\n", short[ids[0]], short[ids[0]])
	_, err := fmt.Fprint(s.stdout, b.String())
	return err
}

// follow shows the list whenever it changes, for every server at once.
func (s *session) follow(ctx context.Context) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	devices := slices.DeleteFunc(c.Devices, func(d vault.Device) bool { return d.State == countersign.DeviceRevoked })
	if len(devices) == 0 {
		return &failure{exit: exitNone, code: "no-devices", said: saidNoDevices, next: nextNoDevices}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var one sync.Mutex
	lists := make([][]waiting, len(devices))
	var group sync.WaitGroup
	for i, d := range devices {
		device, err := s.deviceOf(&d)
		if err != nil {
			return err
		}
		group.Go(func() {
			for ctx.Err() == nil {
				err := device.Live(ctx, func(e phone.Event) error {
					if e.Requests == nil {
						return nil
					}
					one.Lock()
					defer one.Unlock()
					lists[i] = nil
					for _, r := range e.Requests {
						lists[i] = append(lists[i], waiting{r, d, device})
					}
					return s.showWaiting(once(lists))
				})
				if phone.CodeOf(err) == phone.DeviceUnknown {
					cancel(err)
					return
				}
				select {
				case <-time.After(2 * time.Second):
				case <-ctx.Done():
				}
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

type approveCommand struct {
	ID     string `arg:"" help:"The request's id, or its beginning."`
	Number string `help:"The number on the screen." placeholder:"NN"`
}

func (k *approveCommand) Run(ctx context.Context, s *session) error {
	w, err := s.request(ctx, k.ID)
	if err != nil {
		return err
	}
	number := strings.ReplaceAll(k.Number, " ", "")
	if number == "" {
		if s.terminal == nil {
			return &failure{exit: exitUsage, code: "number-needed", said: saidNumberHow, next: nextNumberHow}
		}
		fmt.Fprint(s.stderr, w.told(k.ID, s.now()))
		if number, err = s.terminal.line(askNumber); err != nil {
			return err
		}
		number = strings.ReplaceAll(number, " ", "")
	}
	// What cannot be the number is not sent: it would cost nothing, but the
	// person learns sooner.
	if len(number) != w.Digits || strings.Trim(number, "0123456789") != "" {
		return usage("The number on the screen has %s. Nothing was sent.", plural(w.Digits, "digit", "digits"))
	}
	return s.decide(ctx, w, countersign.Approve, number)
}

type denyCommand struct {
	ID string `arg:"" help:"The request's id, or its beginning."`
}

func (k *denyCommand) Run(ctx context.Context, s *session) error {
	w, err := s.request(ctx, k.ID)
	if err != nil {
		return err
	}
	return s.decide(ctx, w, countersign.Deny, "")
}

type reportCommand struct {
	ID string `arg:"" help:"The request's id, or its beginning."`
}

func (k *reportCommand) Run(ctx context.Context, s *session) error {
	w, err := s.request(ctx, k.ID)
	if err != nil {
		return err
	}
	return s.decide(ctx, w, countersign.Report, "")
}

func (s *session) decide(ctx context.Context, w *waiting, d countersign.Decision, number string) error {
	state, err := w.device.Decide(ctx, w.Request, d, number)
	if err != nil {
		return err
	}
	return s.say(saidDecided(d, shown(w.Context.Client)), map[string]any{"id": w.ID, "state": state})
}

// request is the one waiting request whose id begins so.
func (s *session) request(ctx context.Context, id string) (*waiting, error) {
	all, failed, err := s.fetchWaiting(ctx)
	if err != nil {
		return nil, err
	}
	var found []*waiting
	var candidates []candidate
	for i := range all {
		if id != "" && strings.HasPrefix(all[i].ID, id) {
			found = append(found, &all[i])
			candidates = append(candidates, candidate{all[i].ID, shown(all[i].Context.Client) + " (" + shown(all[i].Context.Host) + ")", all[i].ID})
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, &failure{exit: exitAmbiguous, code: "ambiguous", said: fmt.Sprintf("%s begin so.", plural(len(found), "request", "requests")),
			next: "Give more of the id.", members: map[string]any{"candidates": candidates}}
	case len(failed) > 0:
		return nil, failed[0]
	}
	return nil, &failure{exit: exitNone, code: "not-found", said: saidNoRequest, next: nextNoRequest}
}

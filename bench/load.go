package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
	"github.com/countersign-id/countersign/core/otp"
	"github.com/countersign-id/countersign/phone"
)

// loaders is how many changes the loader keeps under way: the store commits
// what waits together, so that 100,000 accounts are a few hundred fsyncs.
const loaders = 256

// load fills a server that is not running: people of whom nobody signs in, and
// people with a passcode app. Their one password is hashed once.
func (s *server) load(ctx context.Context, accounts, withPasscode int) ([]*actor, error) {
	c := serve.Defaults()
	c.Folder, c.Database, c.Issuer, c.Listen = s.folder, s.database, s.issuer, s.listen
	h, err := serve.Open(ctx, c, slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	first, err := h.Admin.CreateAccount(ctx, "first", "", countersign.Person, countersign.NewSecret([]byte(password)))
	if err != nil {
		return nil, err
	}
	if first, err = h.Store.AccountByID(ctx, first.ID); err != nil {
		return nil, err
	}
	people := make([]*actor, withPasscode)
	err = each(loaders, accounts, func(i int) error {
		id, err := serve.NewID()
		if err != nil {
			return err
		}
		a := first
		a.ID, a.Name = id, fmt.Sprintf("person%06d", i)
		a.Display = a.Name
		if err := h.Store.CreateAccount(ctx, a, countersign.Event{At: a.Created, Kind: "account.created", AccountID: id, Actor: "operator", Subject: id}); err != nil || i >= withPasscode {
			return err
		}
		people[i], err = withApp(ctx, h, a)
		return err
	})
	return people, err
}

// withApp gives an account a passcode app, and notes the code it shows next.
func withApp(ctx context.Context, h *serve.House, a countersign.Account) (*actor, error) {
	p, err := h.Passcode.Begin(ctx, a.ID, "App", "account:"+a.ID, "127.0.0.1")
	if err != nil {
		return nil, err
	}
	now := time.Now()
	step := now.Unix() / int64(p.Period)
	err = h.Store.ConfirmPasscode(ctx, a.ID, p.ID, step-10, now,
		countersign.Event{At: now, Kind: "passcode.added", AccountID: a.ID, Actor: "account:" + a.ID, Subject: p.ID},
		countersign.Notice{ID: p.ID, AccountID: a.ID, Kind: countersign.NoticePasscodeAdded, Subject: p.Name, At: now})
	return &actor{name: a.Name, app: countersign.Entry{ID: p.ID, Type: countersign.TOTP, Issuer: "Countersign", Label: a.Name, Secret: p.Secret,
		Algorithm: p.Algorithm, Digits: p.Digits, Period: p.Period, Created: p.Created}}, err
}

// look reads the code that the actor's app shows now.
func (a *actor) look() (err error) {
	a.code, err = otp.Code(a.app, time.Now())
	return err
}

// people makes accounts with a phone each, by the operator's commands and the
// phone's own client, on a server that runs.
func (s *server) people(ctx context.Context, n int, transport http.RoundTripper) ([]*actor, error) {
	var registered party
	if err := s.admin(ctx, "", &registered, "client", "create", "--name", "Payroll", "--redirect-uri", redirect, "--json"); err != nil {
		return nil, err
	}
	client := &phone.Client{Issuer: s.issuer, HTTP: &http.Client{Transport: transport}}
	actors := make([]*actor, n)
	err := each(2, n, func(i int) error {
		a := &actor{name: fmt.Sprintf("mara%03d", i), party: registered, browser: newBrowser(s.issuer, transport)}
		if err := s.admin(ctx, password+"\n", nil, "account", "create", a.name, "--json"); err != nil {
			return err
		}
		var opened struct{ Binding, Code string }
		if err := s.admin(ctx, "", &opened, "phone", "enrol", a.name, "--json"); err != nil {
			return err
		}
		key, err := phone.NewKey()
		if err != nil {
			return err
		}
		enrolled, err := client.Enrol(ctx, phone.Enrolment{Code: opened.Code, Key: key, Name: "Pixel 9", Platform: countersign.Desktop, Version: "1.0.0"})
		if err != nil {
			return err
		}
		a.phone, actors[i] = enrolled.Device, a
		return s.admin(ctx, "", nil, "phone", "confirm", opened.Binding, enrolled.Safety)
	})
	return actors, err
}

// each runs n acts with a number of workers and gives up on the first error.
func each(workers, n int, act func(i int) error) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := make(chan int)
	for range min(workers, n) {
		group.Go(func() {
			for i := range next {
				if err := act(i); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		mu.Lock()
		stop := failed != nil
		mu.Unlock()
		if stop {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	return failed
}

package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func cancelled(w *world) {
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	a := w.owner("mara")
	err := w.s.CreateAccount(gone, a, w.event("account.created", a.ID))
	w.wants("a caller who gave up", err, countersign.ErrUnavailable)
	w.wants("a caller who gave up", err, context.Canceled)
	_, err = w.s.AccountByName(w.ctx, "mara")
	w.wants("what was asked for", err, countersign.ErrNotFound)

	// Callers that give up at any moment are told what happened.
	errs := together(128, func(i int) error {
		ctx, cancel := context.WithCancel(w.ctx)
		a := w.owner(fmt.Sprint("caller", i))
		told := make(chan error, 1)
		go func() { told <- w.s.CreateAccount(ctx, a, w.event("account.created", a.ID)) }()
		cancel()
		err := <-told
		_, found := w.s.AccountByName(w.ctx, a.Name)
		if (err == nil) != (found == nil) {
			return fmt.Errorf("told %v, but found %v", err, found)
		}
		return nil
	})
	w.wants("told the truth", errors.Join(errs...), nil)
	w.sound()
}

func failsAlone(w *world) {
	w.account("taken")
	errs := together(128, func(i int) error {
		a := w.owner(fmt.Sprint("caller", i))
		if i%2 == 0 {
			a.Name = "taken"
		}
		return w.s.CreateAccount(w.ctx, a, w.event("account.created", a.ID))
	})
	refused := 0
	for i, err := range errs {
		if i%2 == 1 {
			w.wants("a name of its own", err, nil)
			continue
		}
		w.wants("a taken name", err, countersign.ErrNameTaken)
		refused++
	}
	if n, err := w.s.CountAccounts(w.ctx); err != nil || n != 65 || refused != 64 {
		w.Errorf("%d accounts, %d refused, %v", n, refused, err)
	}
	w.sound()
}

func closed(w *world) {
	other := w.reopened()
	a := other.account("mara")
	w.must(w.s.Ready(w.ctx))
	w.must(w.s.Close())
	w.wants("a change", w.s.CreateAccount(w.ctx, w.owner("otto"), w.event("account.created", "")), countersign.ErrUnavailable)
	w.wants("a read", w.s.Ready(w.ctx), countersign.ErrUnavailable)
	w.must(w.s.TouchSession(w.ctx, "key", w.now))
	if got, err := other.s.AccountByName(w.ctx, "mara"); err != nil || got.ID != a.ID {
		w.Errorf("the other store: %v", err)
	}
}

func pruned(w *world) {
	a := w.account("mara")
	p := w.passcode(a.ID)
	d := w.device(a.ID)
	g, session := w.grant(a.ID)
	r, decoy := w.asked(a.ID), w.asked("")
	pending := w.newDevice()
	b := w.binding(a.ID, "")
	w.must(w.claim(b, pending))
	for range 1200 { // more than one step of pruning
		w.signIn("")
	}
	if n, err := w.s.Prune(w.ctx, w.now); err != nil || n != 0 {
		w.Errorf("at once: %d, %v", n, err)
	}
	w.now = b.Expires
	if n, err := w.s.Prune(w.ctx, w.now); err != nil || n != 1 {
		w.Errorf("after the binding's end: %d, %v, want the phone that was never confirmed", n, err)
	}
	if got, err := w.s.Device(w.ctx, pending.ID); err != nil || got.State != countersign.DeviceRevoked {
		w.Errorf("that phone is %s, %v", got.State, err)
	}
	w.now = session.Seen.Add(countersign.SessionIdle - time.Millisecond)
	_, err := w.s.Prune(w.ctx, w.now)
	w.must(err)
	if w.revoked(g) {
		w.Error("a live session's grant was revoked")
	}
	w.later(time.Millisecond)
	_, err = w.s.Prune(w.ctx, w.now)
	w.must(err)
	_, err = w.s.Session(w.ctx, session.Key)
	w.wants("an idle session", err, countersign.ErrNotFound)
	if !w.revoked(g) {
		w.Error("a dead session's grant lives")
	}
	w.later(25 * time.Hour)
	_, err = w.s.Prune(w.ctx, w.now)
	w.must(err)
	_, err = w.s.SignIn(w.ctx, r.SignInID)
	w.wants("an attempt of yesterday", err, countersign.ErrNotFound)
	_, err = w.s.Binding(w.ctx, b.ID)
	w.wants("a binding of yesterday", err, countersign.ErrNotFound)
	_, err = w.s.Approval(w.ctx, decoy.ID)
	w.wants("a decoy of yesterday", err, countersign.ErrNotFound)
	_, err = w.s.GrantByAccess(w.ctx, g.AccessHash)
	w.wants("a grant of yesterday", err, countersign.ErrNotFound)
	_, err = w.s.Approval(w.ctx, r.ID)
	w.wants("a request of yesterday", err, nil)
	if n := w.count("SELECT COUNT(*) FROM signin"); n != 0 {
		w.Errorf("%d attempts are left", n)
	}
	w.later(31 * 24 * time.Hour)
	_, err = w.s.Prune(w.ctx, w.now)
	w.must(err)
	_, err = w.s.Approval(w.ctx, r.ID)
	w.wants("a request of last month", err, countersign.ErrNotFound)
	if got, err := w.s.Device(w.ctx, d.ID); err != nil || got.State != countersign.DeviceActive {
		w.Errorf("the phone is %s, %v", got.State, err)
	}
	if kept, err := w.s.Passcodes(w.ctx, a.ID); err != nil || len(kept) != 1 || kept[0].ID != p.ID {
		w.Errorf("the authenticator: %+v, %v", kept, err)
	}
	w.sound()
}

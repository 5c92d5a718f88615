package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

func spentOnce(w *world) {
	a := w.account("mara")
	p := w.passcode(a.ID) // its step 100 is spent
	for _, tt := range []struct {
		claim string
		step  int64
		want  error
	}{
		{"the step that confirmed it", 100, countersign.ErrSpent},
		{"an earlier step", 99, countersign.ErrSpent},
		{"the next step", 101, nil},
		{"that step again", 101, countersign.ErrSpent},
		{"the one before, late", 100, countersign.ErrSpent},
		{"a later step", 110, nil},
		{"one that was left out", 105, countersign.ErrSpent},
	} {
		in := w.signIn(a.ID)
		w.wants(tt.claim, w.spend(in, p.ID, tt.step), tt.want)
		if got := !w.read(in).Evidence.Passcode.IsZero(); got != (tt.want == nil) {
			w.Errorf("%s: evidence %v", tt.claim, got)
		}
	}
	if n := w.events("passcode.proved"); n != 2 {
		w.Errorf("%d successes are audited, want 2", n)
	}
	if n := w.events("passcode.spent-again"); n != 5 {
		w.Errorf("%d repetitions are audited, want 5", n)
	}
	kept, err := w.s.Passcodes(w.ctx, a.ID)
	w.must(err)
	if len(kept) != 1 || kept[0].LastStep != 110 || !kept[0].Active || !kept[0].Secret.Equal(p.Secret) || !kept[0].Used.Equal(w.now) {
		w.Errorf("kept: %+v", kept)
	}
}

func spendRaced(w *world) {
	a := w.account("mara")
	p := w.passcode(a.ID)
	attempts := make([]countersign.SignIn, 64)
	for i := range attempts {
		attempts[i] = w.signIn(a.ID)
	}
	w.tally("spend", together(64, func(i int) error { return w.spend(attempts[i], p.ID, 200) }), map[error]int{nil: 1, countersign.ErrSpent: 63})
	proved := 0
	for _, in := range attempts {
		if !w.read(in).Evidence.Passcode.IsZero() {
			proved++
		}
	}
	if proved != 1 {
		w.Errorf("%d sign-ins have the evidence", proved)
	}
	if n, again := w.events("passcode.proved"), w.events("passcode.spent-again"); n != 1 || again != 63 {
		w.Errorf("audited: %d successes and %d repetitions", n, again)
	}
	w.sound()
}

func spendRefused(w *world) {
	a, other := w.account("mara"), w.account("otto")
	p, foreign := w.passcode(a.ID), w.passcode(other.ID)
	inactive := w.newPasscode(a.ID, randomBytes(20))
	w.must(w.s.AddPasscode(w.ctx, inactive, w.event("passcode.begun", a.ID)))
	in := w.signIn(a.ID)
	w.wants("another account's authenticator", w.spend(in, foreign.ID, 200), countersign.ErrWrong)
	w.wants("one that is not confirmed", w.spend(in, inactive.ID, 200), countersign.ErrWrong)
	w.wants("one that never was", w.spend(in, newID(), 200), countersign.ErrWrong)
	w.wants("removing another account's", w.s.RemovePasscode(w.ctx, a.ID, foreign.ID, w.event("passcode.removed", a.ID), w.notice(countersign.NoticePasscodeRemoved, a.ID)), countersign.ErrNotFound)
	w.damage("UPDATE account SET state = 'locked' WHERE id = ?", a.ID)
	w.wants("a locked account's", w.spend(in, p.ID, 200), countersign.ErrLocked)
	w.damage("UPDATE account SET state = 'active' WHERE id = ?", a.ID)
	w.must(w.s.RemovePasscode(w.ctx, a.ID, p.ID, w.event("passcode.removed", a.ID), w.notice(countersign.NoticePasscodeRemoved, a.ID)))
	w.wants("a removed one", w.spend(in, p.ID, 200), countersign.ErrWrong)
	if !w.read(in).Evidence.None() {
		w.Error("a refusal left evidence")
	}
	if n := w.events("passcode.proved") + w.events("passcode.spent-again"); n != 0 {
		w.Errorf("%d events tell of a spending that was none", n)
	}
}

func passcodeConfirmed(w *world) {
	a, other := w.account("mara"), w.account("otto")
	p := w.newPasscode(a.ID, randomBytes(20))
	w.must(w.s.AddPasscode(w.ctx, p, w.event("passcode.begun", a.ID)))
	confirm := func(account, id string) error {
		return w.s.ConfirmPasscode(w.ctx, account, id, 100, w.now, w.event("passcode.added", account), w.notice(countersign.NoticePasscodeAdded, account))
	}
	w.wants("by another account", confirm(other.ID, p.ID), countersign.ErrNotFound)
	w.wants("one that never was", confirm(a.ID, newID()), countersign.ErrNotFound)
	w.tally("confirm", together(16, func(int) error { return confirm(a.ID, p.ID) }), map[error]int{nil: 1, countersign.ErrSpent: 15})
	notices, err := w.s.Notices(w.ctx, a.ID, w.now, 100)
	w.must(err)
	if len(notices) != 1 {
		w.Errorf("%d notices, want 1", len(notices))
	}
	w.must(w.s.AddPasscode(w.ctx, w.newPasscode(a.ID, randomBytes(20)), w.event("passcode.begun", a.ID)))
	w.must(w.s.AddPasscode(w.ctx, w.newPasscode(a.ID, randomBytes(20)), w.event("passcode.begun", a.ID)))
	if kept, err := w.s.Passcodes(w.ctx, a.ID); err != nil || len(kept) != 2 {
		w.Errorf("%d authenticators, %v; want the confirmed and one unfinished", len(kept), err)
	}
}

func reserveCounts(w *world) {
	limits := countersign.Limits{Free: 5, Delay: 30 * time.Second, Most: time.Hour, End: 8}
	reserve := func(subject string) (countersign.Throttle, bool) {
		w.Helper()
		t, allowed, err := w.s.Reserve(w.ctx, subject, countersign.FactorPasscode, limits, w.now)
		w.must(err)
		return t, allowed
	}
	allowed := make([]bool, 64)
	errs := together(64, func(i int) (err error) {
		_, allowed[i], err = w.s.Reserve(w.ctx, "mara", countersign.FactorPasscode, limits, w.now)
		return err
	})
	w.tally("reserve", errs, map[error]int{nil: 64})
	n := 0
	for _, yes := range allowed {
		if yes {
			n++
		}
	}
	if n != limits.Free {
		w.Errorf("%d of 64 were allowed, want %d", n, limits.Free)
	}
	if n := w.count("SELECT refused FROM throttle WHERE subject = 'mara'"); n != 59 {
		w.Errorf("%d refusals are written, want 59: a refusal must cost what an attempt does", n)
	}
	if until, paused, err := w.s.Paused(w.ctx, "mara", countersign.FactorPasscode, limits, w.now); err != nil || !paused || !until.Equal(w.now.Add(limits.Delay)) {
		w.Errorf("paused %v until %v, %v", paused, until, err)
	}
	if _, allowed := reserve("otto"); !allowed {
		w.Error("one subject throttles another")
	}
	if _, paused, err := w.s.Paused(w.ctx, "mara", countersign.FactorPassword, limits, w.now); err != nil || paused {
		w.Errorf("one factor throttles another: %v", err)
	}
	// A clock that goes back opens nothing (check L4).
	w.later(-time.Hour)
	if _, allowed := reserve("mara"); allowed {
		w.Error("a clock that went back ended the pause")
	}
	w.later(time.Hour)
	for range 3 {
		w.later(time.Hour)
		if _, allowed := reserve("mara"); !allowed {
			w.Error("refused after the pause")
		}
	}
	w.later(1000 * time.Hour)
	if t, allowed := reserve("mara"); allowed || t.Failures != limits.End {
		w.Errorf("after the last: allowed %v, %d failures", allowed, t.Failures)
	}
	w.must(w.s.Release(w.ctx, "mara", countersign.FactorPasscode))
	if t, allowed := reserve("mara"); !allowed || t.Failures != 1 {
		w.Errorf("after a release: allowed %v, %d failures", allowed, t.Failures)
	}

	// A success resets the subject of its own sign-in, and no other.
	a := w.account("mara")
	p := w.passcode(a.ID)
	in := w.attempt(a.ID)
	in.Known = true
	w.must(w.s.BeginSignIn(w.ctx, in, nil, w.event("signin.begun", a.ID)))
	for _, subject := range []string{a.ID, a.ID + "+"} {
		for _, factor := range []countersign.Factor{countersign.FactorPassword, countersign.FactorPasscode} {
			_, _, err := w.s.Reserve(w.ctx, subject, factor, limits, w.now)
			w.must(err)
		}
	}
	w.prove(in)
	w.must(w.spend(in, p.ID, 200))
	for subject, want := range map[string]int{a.ID: 2, a.ID + "+": 0} {
		if got := w.count("SELECT COUNT(*) FROM throttle WHERE subject = ?", subject); got != want {
			w.Errorf("%d counts are left of %q, want %d", got, subject, want)
		}
	}
}

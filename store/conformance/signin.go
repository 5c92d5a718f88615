package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

func evidenceOnlyWhileOpen(w *world) {
	a := w.account("mara")
	p := w.passcode(a.ID)
	in := w.signIn(a.ID)
	got := w.read(in)
	if got.Name != in.Name || string(got.SecretHash) != string(in.SecretHash) || !got.Expires.Equal(in.Expires) || got.State != countersign.SignInOpen || !got.Evidence.None() {
		w.Errorf("got %+v, want %+v", got, in)
	}
	w.later(countersign.SignInLife - time.Millisecond)
	w.prove(in)
	if got := w.read(in).Evidence.Password; !got.Equal(w.now) {
		w.Errorf("the password was proved at %v, want %v", got, w.now)
	}
	w.later(time.Millisecond)
	w.wants("a password at the end", w.s.ProvePassword(w.ctx, in.ID, w.now, w.event("password.proved", a.ID)), countersign.ErrExpired)
	w.wants("a passcode at the end", w.spend(in, p.ID, 200), countersign.ErrExpired)
	w.wants("finishing at the end", w.finish(in, w.newSession(a.ID)), countersign.ErrExpired)
	w.wants("asking at the end", w.s.AskApproval(w.ctx, w.request(a.ID, in.ID), w.now, w.event("approval.asked", a.ID)), countersign.ErrExpired)
	left := w.signIn(a.ID)
	w.must(w.s.EndSignIn(w.ctx, left.ID, browserSecret, w.now, w.event("signin.left", a.ID)))
	w.wants("a password when it is over", w.s.ProvePassword(w.ctx, left.ID, w.now, w.event("password.proved", a.ID)), countersign.ErrOver)
	w.wants("a passcode when it is over", w.spend(left, p.ID, 200), countersign.ErrOver)
	w.wants("a password of nobody", w.s.ProvePassword(w.ctx, newID(), w.now, w.event("password.proved", a.ID)), countersign.ErrNotFound)
	unknown := w.signIn("")
	w.wants("a password of an unknown name", w.s.ProvePassword(w.ctx, unknown.ID, w.now, w.event("password.proved", "")), countersign.ErrNotFound)
	if n := w.events("password.proved"); n != 1 {
		w.Errorf("%d proofs are audited, want 1", n)
	}
}

func finishForeign(w *world) {
	a := w.account("mara")
	in := w.signIn(a.ID)
	w.prove(in)
	thief := w.newSession(a.ID)
	for _, secret := range [][]byte{nil, []byte("another browser's secret"), browserSecret[:31]} {
		w.wants("another browser finishes", w.s.FinishSignIn(w.ctx, in.ID, secret, thief, nil, w.now, w.event("signin.finished", a.ID)), countersign.ErrForeign)
		w.wants("another browser leaves", w.s.EndSignIn(w.ctx, in.ID, secret, w.now, w.event("signin.left", a.ID)), countersign.ErrForeign)
	}
	w.wants("a session for somebody else", w.finish(in, w.newSession(w.account("otto").ID)), countersign.ErrNotEnough)
	w.must(w.finish(in, w.newSession(a.ID)))
	_, err := w.s.Session(w.ctx, thief.Key)
	w.wants("the thief's session", err, countersign.ErrNotFound)
	w.wants("afterwards, still", w.s.FinishSignIn(w.ctx, in.ID, nil, thief, nil, w.now, w.event("signin.finished", a.ID)), countersign.ErrForeign)
	w.wants("an unknown attempt", w.s.FinishSignIn(w.ctx, newID(), browserSecret, thief, nil, w.now, w.event("signin.finished", a.ID)), countersign.ErrNotFound)
}

func finishRaced(w *world) {
	a := w.account("mara")
	in := w.signIn(a.ID)
	w.prove(in)
	known, err := w.s.BrowserKnown(w.ctx, []byte("browser"), a.ID)
	if err != nil || known {
		w.Errorf("the browser is known before: %v, %v", known, err)
	}
	w.tally("finish", together(64, func(int) error { return w.finish(in, w.newSession(a.ID)) }), map[error]int{nil: 1, countersign.ErrOver: 63})
	if n := w.count("SELECT COUNT(*) FROM session WHERE account_id = ?", a.ID); n != 1 {
		w.Errorf("%d sessions", n)
	}
	if n := w.events("signin.finished"); n != 1 {
		w.Errorf("%d events", n)
	}
	if known, err = w.s.BrowserKnown(w.ctx, []byte("browser"), a.ID); err != nil || !known {
		w.Errorf("the browser is not known afterwards: %v, %v", known, err)
	}
	if known, err = w.s.BrowserKnown(w.ctx, []byte("browser"), w.account("otto").ID); err != nil || known {
		w.Errorf("the browser is known to another account: %v, %v", known, err)
	}
	w.sound()
}

func finishLocked(w *world) {
	a := w.account("mara")
	in := w.signIn(a.ID)
	w.prove(in)
	w.lock(a.ID)
	w.wants("an attempt from before", w.finish(in, w.newSession(a.ID)), countersign.ErrOver)
	w.unlock(a.ID)
	in = w.signIn(a.ID)
	w.prove(in)
	// Past the verb that locks, as if it had come in between.
	w.damage("UPDATE account SET state = 'locked' WHERE id = ?", a.ID)
	w.wants("a locked account", w.finish(in, w.newSession(a.ID)), countersign.ErrLocked)
	if n := w.count("SELECT COUNT(*) FROM session"); n != 0 {
		w.Errorf("%d sessions", n)
	}
}

func finishUnproved(w *world) {
	a := w.account("mara")
	w.wants("no evidence", w.finish(w.signIn(a.ID), w.newSession(a.ID)), countersign.ErrNotEnough)
	w.wants("an unknown name", w.finish(w.signIn(""), w.newSession("")), countersign.ErrNotEnough)
}

func finishRenews(w *world) {
	a, other := w.account("mara"), w.account("otto")
	granted, before := w.grant(a.ID)
	adding := w.binding(a.ID, before.Key)
	in := w.attempt(a.ID)
	in.Fresh = before.Key
	w.must(w.s.BeginSignIn(w.ctx, in, nil, w.event("signin.begun", a.ID)))
	w.prove(in)
	after := w.newSession(a.ID)
	w.must(w.finish(in, after))
	_, err := w.s.Session(w.ctx, before.Key)
	w.wants("the session before", err, countersign.ErrNotFound)
	got, err := w.s.Session(w.ctx, after.Key)
	w.must(err)
	if got.ACR != after.ACR || len(got.AMR) != 2 || !got.Created.Equal(after.Created) {
		w.Errorf("got %+v, want %+v", got, after)
	}
	if w.revoked(granted) {
		w.Error("a relying party is signed out by the renewal")
	}
	if b, err := w.s.Binding(w.ctx, adding.ID); err != nil || b.Session != after.Key || b.State != countersign.BindingOpen {
		w.Errorf("the phone being added is lost: %+v, %v", b, err)
	}
	w.must(w.s.EndSession(w.ctx, after.Key, w.event("session.ended", a.ID)))
	if !w.revoked(granted) {
		w.Error("the grant outlives the renewed session")
	}

	// Somebody else signs in where another was signed in: that one ends.
	granted, before = w.grant(other.ID)
	in = w.attempt(a.ID)
	in.Fresh = before.Key
	w.must(w.s.BeginSignIn(w.ctx, in, nil, w.event("signin.begun", a.ID)))
	w.prove(in)
	after = w.newSession(a.ID)
	w.must(w.finish(in, after))
	_, err = w.s.Session(w.ctx, before.Key)
	w.wants("the other account's session", err, countersign.ErrNotFound)
	if g, err := w.s.GrantByAccess(w.ctx, granted.AccessHash); err != nil || !g.Revoked || g.Session == after.Key {
		w.Errorf("the other account's grant: %+v, %v", g, err)
	}
}

func leavingEnds(w *world) {
	a := w.account("mara")
	d := w.device(a.ID)
	left := w.asked(a.ID)
	w.must(w.s.EndSignIn(w.ctx, left.SignInID, browserSecret, w.now, w.event("signin.left", a.ID)))
	if got := w.approvalState(left.ID); got != countersign.ApprovalEnded {
		w.Errorf("the request is %s", got)
	}
	w.wants("leaving again", w.s.EndSignIn(w.ctx, left.SignInID, browserSecret, w.now, w.event("signin.left", a.ID)), countersign.ErrOver)
	_, err := w.decide(left, d.ID, countersign.Approve, "47")
	w.wants("approving what was left", err, countersign.ErrOver)

	otherWay := w.asked(a.ID)
	w.must(w.s.ProvePassword(w.ctx, otherWay.SignInID, w.now, w.event("password.proved", a.ID)))
	w.must(w.finish(countersign.SignIn{ID: otherWay.SignInID, AccountID: a.ID}, w.newSession(a.ID)))
	if got := w.approvalState(otherWay.ID); got != countersign.ApprovalEnded {
		w.Errorf("the request of a sign-in that went another way is %s", got)
	}
}

package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

func pendingCap(w *world) {
	a := w.account("mara")
	var known, unfamiliar []countersign.Approval
	for range 5 {
		r := w.request(a.ID, w.signIn(a.ID).ID)
		known = append(known, w.ask(r))
		r = w.request(a.ID, w.signIn(a.ID).ID)
		r.Known = false
		unfamiliar = append(unfamiliar, w.ask(r))
		w.later(time.Millisecond)
	}
	for _, kind := range [][]countersign.Approval{known, unfamiliar} {
		for i, r := range kind {
			want := countersign.ApprovalPending
			if i < 2 {
				want = countersign.ApprovalEnded
			}
			if got := w.approvalState(r.ID); got != want {
				w.Errorf("request %d, known %v: got %s, want %s", i, r.Known, got, want)
			}
		}
	}
	waiting, err := w.s.PendingApprovals(w.ctx, a.ID, w.now)
	w.must(err)
	if len(waiting) != 6 || !waiting[0].Asked.Before(waiting[5].Asked) {
		w.Errorf("%d wait, want 6, oldest first", len(waiting))
	}
	recent, err := w.s.RecentApprovals(w.ctx, a.ID, 4)
	w.must(err)
	if len(recent) != 4 || recent[0].Asked.Before(recent[3].Asked) {
		w.Errorf("%d recent, want 4, newest first", len(recent))
	}

	// What has expired holds no place, and is not ended after the fact.
	w.later(countersign.ApprovalLife)
	w.asked(a.ID)
	if got := w.approvalState(known[4].ID); got != countersign.ApprovalPending {
		w.Errorf("an expired request was moved to %s", got)
	}
	if waiting, err = w.s.PendingApprovals(w.ctx, a.ID, w.now); err != nil || len(waiting) != 1 {
		w.Errorf("%d wait after the others expired, %v", len(waiting), err)
	}

	// Under load too.
	b := w.account("otto")
	errs := together(32, func(int) error {
		in := w.attempt(b.ID)
		r := w.request(b.ID, in.ID)
		return w.s.BeginSignIn(w.ctx, in, &r, w.event("signin.begun", b.ID))
	})
	w.tally("begin", errs, map[error]int{nil: 32})
	if waiting, err = w.s.PendingApprovals(w.ctx, b.ID, w.now); err != nil || len(waiting) != countersign.ApprovalPendingPerKind {
		w.Errorf("%d wait of 32 begun at once, %v", len(waiting), err)
	}
}

func askedAgain(w *world) {
	a := w.account("mara")
	in := w.signIn(a.ID)
	first := w.ask(w.request(a.ID, in.ID))
	second := w.ask(w.request(a.ID, in.ID))
	if got := w.approvalState(first.ID); got != countersign.ApprovalEnded {
		w.Errorf("the first request is %s", got)
	}
	if got := w.read(in).ApprovalID; got != second.ID {
		w.Errorf("the sign-in waits for %s, want %s", got, second.ID)
	}
	got, err := w.s.Approval(w.ctx, second.ID)
	w.must(err)
	if got.Nonce != second.Nonce || got.Number != second.Number || got.Context != second.Context || got.Known != second.Known || got.Source != second.Source ||
		!got.NotAfter.Equal(second.NotAfter) || got.State != countersign.ApprovalPending || got.Signature != nil || !got.Decided.IsZero() {
		w.Errorf("got %+v, want %+v", got, second)
	}
	firstTest, secondTest := w.ask(w.request(a.ID, "")), w.ask(w.request(a.ID, ""))
	for id, want := range map[string]countersign.ApprovalState{firstTest.ID: countersign.ApprovalEnded, secondTest.ID: countersign.ApprovalPending, second.ID: countersign.ApprovalPending} {
		if got := w.approvalState(id); got != want {
			w.Errorf("got %s, want %s", got, want)
		}
	}
	w.wants("for an unknown sign-in", w.s.AskApproval(w.ctx, w.request(a.ID, newID()), w.now, w.event("approval.asked", a.ID)), countersign.ErrNotFound)
}

func decoys(w *world) {
	var asked []countersign.Approval
	for range 5 {
		asked = append(asked, w.asked(""))
	}
	for i, r := range asked {
		if got := w.approvalState(r.ID); got != countersign.ApprovalPending {
			w.Errorf("decoy %d is %s: one stranger's page would tell of another's", i, got)
		}
	}
	if waiting, err := w.s.PendingApprovals(w.ctx, "", w.now); err != nil || len(waiting) != len(asked) {
		w.Errorf("%d decoys wait, %v", len(waiting), err)
	}
	d := w.device(w.account("mara").ID)
	_, err := w.decide(asked[0], d.ID, countersign.Approve, "47")
	w.wants("a phone decides a decoy", err, countersign.ErrNotFound)
}

func decidedInTime(w *world) {
	a := w.account("mara")
	d := w.device(a.ID)
	for _, decision := range []countersign.Decision{countersign.Approve, countersign.Deny, countersign.Report} {
		late, timely := w.request(a.ID, w.signIn(a.ID).ID), w.request(a.ID, w.signIn(a.ID).ID)
		late.Source = "198.51.100.1" // no sibling of the other
		w.ask(late)
		w.ask(timely)
		w.now = timely.NotAfter.Add(-time.Millisecond)
		got, err := w.decide(timely, d.ID, decision, "47")
		w.wants("in the last millisecond", err, nil)
		if got.State != decision.State() || got.Repeated {
			w.Errorf("%s in the last millisecond: got %+v", decision, got)
		}
		w.now = late.NotAfter
		got, err = w.decide(late, d.ID, decision, "47")
		w.wants("at the end", err, countersign.ErrOver)
		if got.State != countersign.ApprovalExpired {
			w.Errorf("%s at the end: got %+v", decision, got)
		}
		kept, err := w.s.Approval(w.ctx, timely.ID)
		w.must(err)
		if kept.State != decision.State() || kept.DeviceID != d.ID || string(kept.Signature) != "signature" || kept.Decided.IsZero() {
			w.Errorf("kept: %+v", kept)
		}
		evidence := w.read(countersign.SignIn{ID: timely.SignInID}).Evidence
		if (decision == countersign.Approve) == evidence.Approval.IsZero() || (decision == countersign.Approve) != (evidence.Device == d.ID) {
			w.Errorf("%s left this evidence: %+v", decision, evidence)
		}
		if evidence := w.read(countersign.SignIn{ID: late.SignInID}).Evidence; !evidence.None() {
			w.Errorf("%s at the end left this evidence: %+v", decision, evidence)
		}
	}
}

func threeMisses(w *world) {
	a, other := w.account("mara"), w.account("otto")
	d := w.device(a.ID)
	waiting, bystander := w.asked(a.ID), w.asked(other.ID)
	for i, want := range []countersign.Decided{
		{State: countersign.ApprovalPending, TriesLeft: 2}, {State: countersign.ApprovalPending, TriesLeft: 1}, {State: countersign.ApprovalEnded},
	} {
		// Each at a request of its own: a new one does not reset the count.
		got, err := w.decide(w.asked(a.ID), d.ID, countersign.Approve, "00")
		w.wants("a wrong number", err, countersign.ErrWrong)
		if got != want {
			w.Errorf("miss %d: got %+v, want %+v", i+1, got, want)
		}
	}
	if got := w.approvalState(waiting.ID); got != countersign.ApprovalEnded {
		w.Errorf("another request of the account is %s", got)
	}
	if got := w.approvalState(bystander.ID); got != countersign.ApprovalPending {
		w.Errorf("another account's request is %s", got)
	}
	notices, err := w.s.Notices(w.ctx, a.ID, w.now, 10)
	w.must(err)
	if len(notices) < 1 || !hasNotice(notices, countersign.NoticeApprovalsPaused) {
		w.Errorf("the holder was told %+v", notices)
	}
	until, paused, err := w.s.Paused(w.ctx, a.ID, countersign.FactorApproval, countersign.ApprovalLimits, w.now)
	if err != nil || !paused || !until.Equal(w.now.Add(time.Minute)) {
		w.Errorf("paused %v until %v, %v", paused, until, err)
	}
	got, err := w.decide(w.asked(a.ID), d.ID, countersign.Approve, "47")
	w.wants("the right number in the pause", err, countersign.ErrThrottled)
	if got.State != countersign.ApprovalEnded {
		w.Errorf("in the pause: %+v", got)
	}
	_, err = w.decide(w.asked(a.ID), d.ID, countersign.Deny, "-")
	w.wants("denying in the pause", err, nil)
	w.now = until
	_, err = w.decide(w.asked(a.ID), d.ID, countersign.Approve, "47")
	w.wants("the right number after the pause", err, nil)
	if _, paused, err := w.s.Paused(w.ctx, a.ID, countersign.FactorApproval, countersign.ApprovalLimits, w.now); err != nil || paused {
		w.Errorf("a success leaves it paused: %v", err)
	}
	for kind, want := range map[string]int{"approval.number-wrong": 3, "approval.misses-ended": 1, "approval.throttled": 1, "approval.approved": 1} {
		if got := w.events(kind); got != want {
			w.Errorf("%s: %d events, want %d", kind, got, want)
		}
	}
	w.sound()
}

func hasNotice(notices []countersign.Notice, kind countersign.NoticeKind) bool {
	for _, n := range notices {
		if n.Kind == kind {
			return true
		}
	}
	return false
}

func missesRaced(w *world) {
	a := w.account("mara")
	d := w.device(a.ID)
	r := w.asked(a.ID)
	errs := together(64, func(int) error {
		_, err := w.decide(r, d.ID, countersign.Approve, "00")
		return err
	})
	w.tally("wrong numbers", errs, map[error]int{countersign.ErrWrong: 3, countersign.ErrOver: 61})
	if got := w.events("approval.number-wrong"); got != 3 {
		w.Errorf("%d misses are audited, want 3", got)
	}
}

func decidedAgain(w *world) {
	a := w.account("mara")
	first, second := w.device(a.ID), w.device(a.ID)
	for _, decision := range []countersign.Decision{countersign.Approve, countersign.Deny, countersign.Report} {
		r := w.asked(a.ID)
		_, err := w.decide(r, first.ID, decision, "47")
		w.must(err)
		before := w.events("approval." + string(decision.State()))
		w.later(time.Hour) // the answer may be lost for long
		got, err := w.decide(r, first.ID, decision, "47")
		w.wants("the same again", err, nil)
		if want := (countersign.Decided{State: decision.State(), Repeated: true}); got != want {
			w.Errorf("the same again: got %+v, want %+v", got, want)
		}
		_, err = w.decide(r, second.ID, decision, "47")
		w.wants("the same by another phone", err, countersign.ErrOver)
		other := countersign.Deny
		if decision == countersign.Deny {
			other = countersign.Approve
		}
		got, err = w.decide(r, first.ID, other, "47")
		w.wants("another decision", err, countersign.ErrOver)
		if got.State != decision.State() {
			w.Errorf("another decision is told %s", got.State)
		}
		if after := w.events("approval." + string(decision.State())); after != before {
			w.Errorf("a repetition is audited as a decision")
		}
	}
}

func refusalEndsSiblings(w *world) {
	for _, decision := range []countersign.Decision{countersign.Deny, countersign.Report} {
		a := w.account(string(decision))
		d := w.device(a.ID)
		refused, sibling := w.asked(a.ID), w.asked(a.ID)
		elsewhere := w.request(a.ID, w.signIn(a.ID).ID)
		elsewhere.Source = "198.51.100.1"
		w.ask(elsewhere)
		_, err := w.decide(refused, d.ID, decision, "-")
		w.must(err)
		for id, want := range map[string]countersign.ApprovalState{refused.ID: decision.State(), sibling.ID: countersign.ApprovalEnded, elsewhere.ID: countersign.ApprovalPending} {
			if got := w.approvalState(id); got != want {
				w.Errorf("%s: got %s, want %s", decision, got, want)
			}
		}
		notices, err := w.s.Notices(w.ctx, a.ID, w.now, 10)
		w.must(err)
		if got, want := hasNotice(notices, countersign.NoticeReported), decision == countersign.Report; got != want {
			w.Errorf("%s: noticed %v, want %v", decision, got, want)
		}
		if n := w.events("approval." + string(decision.State())); n != 1 {
			w.Errorf("%s: %d events", decision, n)
		}
	}
}

func decideRaced(w *world) {
	a := w.account("mara")
	phones := []countersign.Device{w.device(a.ID), w.device(a.ID)}
	decisions := []countersign.Decision{countersign.Approve, countersign.Deny}
	r := w.asked(a.ID)
	before, err := w.s.AuditEvents(w.ctx, auditOf(a.ID))
	w.must(err)
	states := make([]countersign.ApprovalState, 128)
	errs := together(128, func(i int) error {
		got, err := w.decide(r, phones[i%2].ID, decisions[i%2], "47")
		states[i] = got.State
		return err
	})
	final := w.approvalState(r.ID)
	if final != countersign.ApprovalApproved && final != countersign.ApprovalDenied {
		w.Fatalf("the request is %s", final)
	}
	for i, err := range errs {
		want := countersign.ErrOver
		if decisions[i%2].State() == final {
			want = nil
		}
		w.wants("decision", err, want)
		if states[i] != final {
			w.Errorf("caller %d was told %s, the request is %s", i, states[i], final)
		}
	}
	after, err := w.s.AuditEvents(w.ctx, auditOf(a.ID))
	w.must(err)
	if len(after) != len(before)+1 {
		w.Errorf("%d events, want 1", len(after)-len(before))
	}
	w.sound()
}

func decideRefused(w *world) {
	a, other := w.account("mara"), w.account("otto")
	d, foreign, removed := w.device(a.ID), w.device(other.ID), w.device(a.ID)
	w.must(w.s.RevokeDevice(w.ctx, a.ID, removed.ID, w.now, w.event("device.removed", a.ID), w.notice(countersign.NoticeDeviceRemoved, a.ID)))
	pending := w.newDevice()
	w.must(w.claim(w.binding(a.ID, ""), pending))
	r := w.asked(a.ID)
	for what, id := range map[string]string{"another account's phone": foreign.ID, "a removed phone": removed.ID, "a phone not confirmed": pending.ID, "an unknown phone": newID()} {
		_, err := w.decide(r, id, countersign.Approve, "47")
		w.wants(what, err, countersign.ErrNotFound)
	}
	_, err := w.decide(countersign.Approval{ID: newID(), AccountID: a.ID}, d.ID, countersign.Approve, "47")
	w.wants("an unknown request", err, countersign.ErrNotFound)
	w.damage("UPDATE account SET state = 'locked' WHERE id = ?", a.ID)
	for _, decision := range []countersign.Decision{countersign.Approve, countersign.Deny, countersign.Report} {
		_, err = w.decide(r, d.ID, decision, "47")
		w.wants("a locked account", err, countersign.ErrLocked)
	}
	if got := w.approvalState(r.ID); got != countersign.ApprovalPending {
		w.Errorf("the request is %s", got)
	}
	w.damage("UPDATE account SET state = 'active' WHERE id = ?", a.ID)
	if _, err = w.decide(r, d.ID, countersign.Approve, "47"); err != nil {
		w.Errorf("after all that: %v", err)
	}
}

func approvalTooLate(w *world) {
	a := w.account("mara")
	d := w.device(a.ID)
	in := w.signIn(a.ID)
	w.now = in.Expires.Add(-time.Second)
	r := w.ask(w.request(a.ID, in.ID))
	w.now = in.Expires
	if _, err := w.decide(r, d.ID, countersign.Approve, "47"); err != nil {
		w.Fatal(err)
	}
	if evidence := w.read(in).Evidence; !evidence.None() {
		w.Errorf("an expired sign-in has the evidence %+v", evidence)
	}
}

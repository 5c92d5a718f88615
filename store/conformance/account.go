package conformance

import (
	"fmt"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
)

func accountNameOnce(w *world) {
	a := w.account("mara")
	again := a
	again.ID = newID()
	w.wants("the same name", w.s.CreateAccount(w.ctx, again, w.event("account.created", again.ID)), countersign.ErrNameTaken)
	if n := w.events("account.created"); n != 1 {
		w.Errorf("%d creations are audited, want 1", n)
	}
	for _, find := range []func() (countersign.Account, error){
		func() (countersign.Account, error) { return w.s.AccountByName(w.ctx, "mara") },
		func() (countersign.Account, error) { return w.s.AccountByID(w.ctx, a.ID) },
	} {
		got, err := find()
		w.must(err)
		if got.ID != a.ID || got.Name != a.Name || got.Display != a.Display || got.State != a.State || got.Role != a.Role || !got.Created.Equal(a.Created) || !got.Password.Equal(a.Password.Secret) {
			w.Errorf("got %+v, want %+v", got, a)
		}
	}
	_, err := w.s.AccountByName(w.ctx, "nobody")
	w.wants("an unknown name", err, countersign.ErrNotFound)
	_, err = w.s.AccountByID(w.ctx, newID())
	w.wants("an unknown id", err, countersign.ErrNotFound)

	errs := together(64, func(int) error {
		twin := a
		twin.ID, twin.Name = newID(), "twin"
		return w.s.CreateAccount(w.ctx, twin, w.event("account.created", twin.ID))
	})
	taken := 0
	for _, err := range errs {
		if err != nil {
			w.wants("a raced name", err, countersign.ErrNameTaken)
			taken++
		}
	}
	if taken != 63 {
		w.Errorf("%d of 64 were refused, want 63", taken)
	}
}

func accountsListed(w *world) {
	for _, name := range []string{"zoë", "bob", "bo%b", "bo_c", "Bob", "böb", "anna"} {
		w.account(name)
	}
	for _, tt := range []struct {
		prefix, after string
		limit         int
		want          string
	}{
		{"", "", 10, "[Bob anna bo%b bo_c bob böb zoë]"},
		{"bo", "", 10, "[bo%b bo_c bob]"},
		{"bo", "bo%b", 10, "[bo_c bob]"},
		{"", "bo_c", 2, "[bob böb]"},
		{"x", "", 10, "[]"},
	} {
		listed, err := w.s.Accounts(w.ctx, tt.prefix, tt.after, tt.limit)
		w.must(err)
		names := []string{}
		for _, a := range listed {
			names = append(names, a.Name)
		}
		if got := fmt.Sprint(names); got != tt.want {
			w.Errorf("prefix %q after %q: got %s, want %s", tt.prefix, tt.after, got, tt.want)
		}
	}
	if n, err := w.s.CountAccounts(w.ctx); err != nil || n != 7 {
		w.Errorf("CountAccounts: got %d, %v, want 7", n, err)
	}
}

func passwordEndsOthers(w *world) {
	a, other := w.account("mara"), w.account("otto")
	keep, gone := w.session(a.ID), w.session(a.ID)
	bystander := w.session(other.ID)
	client := w.client().ID
	granted, kept := w.newGrant(client, gone), w.newGrant(client, keep)
	w.must(w.redeem(granted))
	w.must(w.redeem(kept))
	waiting := w.asked(a.ID)
	claimed := w.binding(a.ID, gone.Key)
	thief := w.newDevice()
	w.must(w.claim(claimed, thief))

	hash := countersign.PasswordHash{Secret: countersign.NewSecret([]byte("$argon2id$new"))}
	w.must(w.s.SetPassword(w.ctx, a.ID, hash, keep.Key, w.now, w.event("password.set", a.ID), w.notice(countersign.NoticePasswordChanged, a.ID)))

	_, err := w.s.Session(w.ctx, gone.Key)
	w.wants("the other session", err, countersign.ErrNotFound)
	for _, s := range []countersign.Session{keep, bystander} {
		_, err = w.s.Session(w.ctx, s.Key)
		w.wants("a session that stays", err, nil)
	}
	if !w.revoked(granted) || w.revoked(kept) {
		w.Error("the ended session's grant must be revoked, the kept one's not")
	}
	if got := w.approvalState(waiting.ID); got != countersign.ApprovalEnded {
		w.Errorf("the waiting request is %s", got)
	}
	if in, err := w.s.SignIn(w.ctx, waiting.SignInID); err != nil || in.State != countersign.SignInEnded {
		w.Errorf("the open sign-in is %s, %v", in.State, err)
	}
	if d, err := w.s.Device(w.ctx, thief.ID); err != nil || d.State != countersign.DeviceRevoked {
		w.Errorf("a phone that the ended session was adding is %s, %v", d.State, err)
	}
	if got, err := w.s.AccountByID(w.ctx, a.ID); err != nil || !got.Password.Equal(hash.Secret) {
		w.Errorf("the password was not set: %v", err)
	}
	w.wants("an unknown account", w.s.SetPassword(w.ctx, newID(), hash, "", w.now, w.event("password.set", ""), w.notice(countersign.NoticePasswordChanged, "")), countersign.ErrNotFound)
}

func lockingEnds(w *world) {
	a := w.account("mara")
	d, p := w.device(a.ID), w.passcode(a.ID)
	granted, session := w.grant(a.ID)
	waiting := w.asked(a.ID)
	inSession, operators := w.binding(a.ID, session.Key), w.binding(a.ID, "")
	w.lock(a.ID)

	_, err := w.s.Session(w.ctx, session.Key)
	w.wants("its session", err, countersign.ErrNotFound)
	if !w.revoked(granted) {
		w.Error("its grant lives")
	}
	if got := w.approvalState(waiting.ID); got != countersign.ApprovalEnded {
		w.Errorf("its request is %s", got)
	}
	for _, b := range []countersign.Binding{inSession, operators} {
		if got, err := w.s.Binding(w.ctx, b.ID); err != nil || got.State != countersign.BindingDead {
			w.Errorf("its binding is %s, %v", got.State, err)
		}
	}

	in := w.signIn(a.ID) // a stranger sees no difference
	_, reserved, err := w.s.Reserve(w.ctx, in.ThrottleSubject(), countersign.FactorPassword, countersign.PasswordLimits, w.now)
	if err != nil || !reserved {
		w.Errorf("a locked account is throttled otherwise: %v, %v", reserved, err)
	}
	w.wants("its password", w.s.ProvePassword(w.ctx, in.ID, w.now, w.event("password.proved", a.ID)), countersign.ErrLocked)
	w.wants("its passcode", w.spend(in, p.ID, 200), countersign.ErrLocked)
	_, err = w.decide(w.ask(w.request(a.ID, in.ID)), d.ID, countersign.Approve, "47")
	w.wants("its approval", err, countersign.ErrLocked)
	w.wants("a binding", w.s.OpenBinding(w.ctx, countersign.Binding{ID: newID(), AccountID: a.ID, CodeHash: randomBytes(32), State: countersign.BindingOpen, Created: w.now, Expires: w.now.Add(time.Minute)}, w.event("binding.opened", a.ID)), countersign.ErrLocked)
	w.wants("a passcode", w.s.AddPasscode(w.ctx, w.newPasscode(a.ID, randomBytes(20)), w.event("passcode.begun", a.ID)), countersign.ErrLocked)
	w.unlock(a.ID)
	w.must(w.spend(in, p.ID, 200))
	w.sound()
}

func deletingAccount(w *world) {
	a, other := w.account("mara"), w.account("otto")
	w.device(a.ID)
	w.passcode(a.ID)
	w.grant(a.ID)
	w.asked(a.ID)
	w.binding(a.ID, "")
	stays := w.asked(other.ID)
	_, _, err := w.s.Reserve(w.ctx, a.ID, countersign.FactorPassword, countersign.PasswordLimits, w.now)
	w.must(err)
	before, err := w.s.AuditEvents(w.ctx, store.AuditQuery{AccountID: a.ID})
	w.must(err)
	w.must(w.s.DeleteAccount(w.ctx, a.ID, w.event("account.deleted", a.ID)))
	for _, table := range []string{"device", "passcode", "session", "grant_given", "signin", "approval", "binding", "notice", "browser"} {
		if n := w.count("SELECT COUNT(*) FROM "+table+" WHERE account_id = ?", a.ID); n != 0 {
			w.Errorf("%s keeps %d rows of it", table, n)
		}
	}
	if n := w.count("SELECT COUNT(*) FROM throttle WHERE subject = ?", a.ID); n != 0 {
		w.Errorf("throttle keeps %d rows of it", n)
	}
	if got := w.approvalState(stays.ID); got != countersign.ApprovalPending {
		w.Errorf("another account's request is %s", got)
	}
	after, err := w.s.AuditEvents(w.ctx, store.AuditQuery{AccountID: a.ID})
	w.must(err)
	if len(after) != len(before)+1 {
		w.Errorf("%d audit rows, want the %d before and the deletion", len(after), len(before))
	}
	w.wants("again", w.s.DeleteAccount(w.ctx, a.ID, w.event("account.deleted", a.ID)), countersign.ErrNotFound)
	w.sound()
}

func (w *world) owner(name string) countersign.Account {
	return countersign.Account{ID: newID(), Name: name, Display: name, State: countersign.AccountActive, Role: countersign.Person, Created: w.now}
}

func (w *world) redeemSetup(code []byte, a countersign.Account) error {
	return w.s.RedeemSetup(w.ctx, code, w.now, a, w.event("setup.finished", a.ID))
}

func setupOnce(w *world) {
	right, wrong := []byte("right code's hash..............."), []byte("wrong code's hash...............")
	w.wants("before there is a code", w.redeemSetup(right, w.owner("mara")), countersign.ErrSpent)
	needed, err := w.s.SetSetupCode(w.ctx, right)
	w.must(err)
	if !needed {
		w.Fatal("an empty server needs no setup")
	}
	for range 10 {
		w.wants("a wrong code", w.redeemSetup(wrong, w.owner("mara")), countersign.ErrWrong)
	}
	w.wants("the right code after ten wrong ones", w.redeemSetup(right, w.owner("mara")), countersign.ErrThrottled)
	if n, err := w.s.CountAccounts(w.ctx); err != nil || n != 0 {
		w.Errorf("%d accounts, %v", n, err)
	}
	_, err = w.s.SetSetupCode(w.ctx, right)
	w.must(err)
	a := w.owner("mara")
	w.must(w.redeemSetup(right, a))
	if got, err := w.s.AccountByID(w.ctx, a.ID); err != nil || got.Role != countersign.Owner {
		w.Errorf("the first account is %q, %v", got.Role, err)
	}
	w.wants("again", w.redeemSetup(right, w.owner("otto")), countersign.ErrSpent)
	if needed, err := w.s.SetSetupCode(w.ctx, right); err != nil || needed {
		w.Errorf("setup is needed again: %v, %v", needed, err)
	}
	if n := w.events("setup.wrong"); n != 10 {
		w.Errorf("%d wrong codes are audited, want 10", n)
	}
}

func setupRaced(w *world) {
	code := []byte("right code's hash...............")
	_, err := w.s.SetSetupCode(w.ctx, code)
	w.must(err)
	w.tally("setup", together(64, func(i int) error { return w.redeemSetup(code, w.owner(fmt.Sprint("owner", i))) }), map[error]int{nil: 1, countersign.ErrSpent: 63})
	if n := w.count("SELECT COUNT(*) FROM account WHERE role = 'owner'"); n != 1 {
		w.Errorf("%d owners", n)
	}
}

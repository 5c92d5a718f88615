package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

// This file makes what the claims are about.

func (w *world) event(kind, accountID string) countersign.Event {
	return countersign.Event{At: w.now, Kind: kind, AccountID: accountID, Actor: "test", Subject: "subject", Address: "192.0.2.7", Detail: map[string]string{"b": "2", "a": "1"}}
}

func (w *world) notice(kind countersign.NoticeKind, accountID string) countersign.Notice {
	return countersign.Notice{ID: newID(), AccountID: accountID, Kind: kind, Subject: "Pixel 9", At: w.now}
}

func (w *world) account(name string) countersign.Account {
	w.Helper()
	a := countersign.Account{ID: newID(), Name: name, Display: "The " + name, State: countersign.AccountActive, Role: countersign.Person, Created: w.now,
		Password: countersign.PasswordHash{Secret: countersign.NewSecret([]byte("$argon2id$made-up"))}}
	w.must(w.s.CreateAccount(w.ctx, a, w.event("account.created", a.ID)))
	return a
}

func (w *world) lock(accountID string) {
	w.Helper()
	w.must(w.s.SetAccountState(w.ctx, accountID, countersign.AccountLocked, w.now, w.event("account.locked", accountID)))
}

func (w *world) unlock(accountID string) {
	w.Helper()
	w.must(w.s.SetAccountState(w.ctx, accountID, countersign.AccountActive, w.now, w.event("account.unlocked", accountID)))
}

var browserSecret = []byte("hash of the browser's secret....")

func (w *world) attempt(accountID string) countersign.SignIn {
	return countersign.SignIn{ID: newID(), SecretHash: browserSecret, AccountID: accountID, Name: "mara", Return: "/", Address: "192.0.2.7", Agent: "Mozilla/5.0",
		State: countersign.SignInOpen, Created: w.now, Expires: w.now.Add(countersign.SignInLife)}
}

func (w *world) signIn(accountID string) countersign.SignIn {
	w.Helper()
	in := w.attempt(accountID)
	w.must(w.s.BeginSignIn(w.ctx, in, nil, w.event("signin.begun", accountID)))
	return in
}

func (w *world) read(in countersign.SignIn) countersign.SignIn {
	w.Helper()
	got, err := w.s.SignIn(w.ctx, in.ID)
	w.must(err)
	return got
}

func (w *world) prove(in countersign.SignIn) {
	w.Helper()
	w.must(w.s.ProvePassword(w.ctx, in.ID, w.now, w.event("password.proved", in.AccountID)))
}

func (w *world) newSession(accountID string) countersign.Session {
	return countersign.Session{Key: newID() + newID(), AccountID: accountID, AMR: []string{"pwd", "mfa"}, ACR: countersign.ACRTwoFactors,
		Authenticated: w.now, Created: w.now, Seen: w.now, Address: "192.0.2.7", Agent: "Mozilla/5.0"}
}

func (w *world) finish(in countersign.SignIn, session countersign.Session) error {
	return w.s.FinishSignIn(w.ctx, in.ID, browserSecret, session, []byte("browser"), w.now, w.event("signin.finished", in.AccountID))
}

// session signs somebody in.
func (w *world) session(accountID string) countersign.Session {
	w.Helper()
	in := w.signIn(accountID)
	w.prove(in)
	session := w.newSession(accountID)
	w.must(w.finish(in, session))
	return session
}

func (w *world) request(accountID, signInID string) countersign.Approval {
	a := countersign.Approval{ID: newID(), SignInID: signInID, AccountID: accountID, Purpose: countersign.PurposeSignIn, ClientID: "-", Nonce: "nonce", Number: "47",
		Context: `{"purpose":"sign-in"}`, Known: true, Source: "192.0.2.7", State: countersign.ApprovalPending, Asked: w.now, NotAfter: w.now.Add(countersign.ApprovalLife)}
	if signInID == "" {
		a.Purpose = countersign.PurposeTest
	}
	return a
}

func (w *world) ask(a countersign.Approval) countersign.Approval {
	w.Helper()
	w.must(w.s.AskApproval(w.ctx, a, w.now, w.event("approval.asked", a.AccountID)))
	return a
}

// asked is a new sign-in that waits for a phone.
func (w *world) asked(accountID string) countersign.Approval {
	w.Helper()
	return w.ask(w.request(accountID, w.signIn(accountID).ID))
}

func (w *world) approvalState(id string) countersign.ApprovalState {
	w.Helper()
	a, err := w.s.Approval(w.ctx, id)
	w.must(err)
	return a.State
}

func (w *world) decide(a countersign.Approval, deviceID string, decision countersign.Decision, number string) (countersign.Decided, error) {
	at := w.now
	return w.s.Decide(w.ctx, countersign.Deciding{ApprovalID: a.ID, DeviceID: deviceID, Decision: decision, Number: number, Signature: []byte("signature"), Now: at,
		Notice: func(kind countersign.NoticeKind) countersign.Notice {
			return countersign.Notice{ID: newID(), AccountID: a.AccountID, Kind: kind, Subject: a.Source, At: at}
		},
		Event: func(kind string) countersign.Event {
			return countersign.Event{At: at, Kind: kind, AccountID: a.AccountID, Actor: "device:" + deviceID, Subject: a.ID, Address: "192.0.2.9"}
		}})
}

func (w *world) binding(accountID, session string) countersign.Binding {
	w.Helper()
	b := countersign.Binding{ID: newID(), AccountID: accountID, CodeHash: randomBytes(32), Session: session, State: countersign.BindingOpen, Created: w.now, Expires: w.now.Add(countersign.BindingLife)}
	w.must(w.s.OpenBinding(w.ctx, b, w.event("binding.opened", accountID)))
	return b
}

func (w *world) newDevice() countersign.Device {
	return countersign.Device{ID: newID(), Name: "Pixel 9", Platform: countersign.Android, Version: "1.0.0", Key: randomBytes(65), State: countersign.DevicePending, Created: w.now, Seen: w.now}
}

const rightSafety = "123456"

func safetyOf(string) string { return rightSafety }

func (w *world) claim(b countersign.Binding, d countersign.Device) error {
	_, _, err := w.s.ClaimBinding(w.ctx, b.CodeHash, d, safetyOf, w.now, w.event("binding.claimed", ""))
	return err
}

func (w *world) confirm(b countersign.Binding, session, safety string) (countersign.Device, int, error) {
	return w.s.ConfirmDevice(w.ctx, b.ID, session, safety, w.now, w.event("device.added", b.AccountID), w.notice(countersign.NoticeDeviceAdded, b.AccountID))
}

// device is an enrolled phone.
func (w *world) device(accountID string) countersign.Device {
	w.Helper()
	b := w.binding(accountID, "")
	w.must(w.claim(b, w.newDevice()))
	d, _, err := w.confirm(b, "", rightSafety)
	w.must(err)
	return d
}

func (w *world) newPasscode(accountID string, seed []byte) countersign.Passcode {
	return countersign.Passcode{ID: newID(), AccountID: accountID, Name: "Authenticator", Secret: countersign.NewSecret(seed), Algorithm: countersign.SHA1, Digits: 6, Period: 30, Created: w.now}
}

// passcode is an authenticator whose step 100 confirmed it.
func (w *world) passcode(accountID string) countersign.Passcode {
	w.Helper()
	p := w.newPasscode(accountID, randomBytes(20))
	w.must(w.s.AddPasscode(w.ctx, p, w.event("passcode.begun", accountID)))
	w.must(w.s.ConfirmPasscode(w.ctx, accountID, p.ID, 100, w.now, w.event("passcode.added", accountID), w.notice(countersign.NoticePasscodeAdded, accountID)))
	return p
}

func (w *world) spend(in countersign.SignIn, passcodeID string, step int64) error {
	return w.s.SpendPasscode(w.ctx, in.ID, passcodeID, step, w.now, w.event("passcode.proved", in.AccountID), w.event("passcode.spent-again", in.AccountID))
}

func (w *world) client() countersign.Client {
	w.Helper()
	c := countersign.Client{ID: newID(), Name: "Payroll", Host: "payroll.example.org", SecretHash: randomBytes(32), RedirectURIs: []string{"https://payroll.example.org/back"}, LogoutURIs: []string{"https://payroll.example.org/"}, Algorithm: "ES256", Created: w.now}
	w.must(w.s.CreateClient(w.ctx, c, w.event("client.created", "")))
	return c
}

func (w *world) newGrant(client string, session countersign.Session) countersign.Grant {
	return countersign.Grant{ID: newID(), ClientID: client, AccountID: session.AccountID, Session: session.Key, Scope: "openid", AccessHash: randomBytes(32), AccessExpires: w.now.Add(10 * time.Minute), Created: w.now}
}

func (w *world) redeem(g countersign.Grant) error {
	return w.s.RedeemCode(w.ctx, g, w.now, w.event("grant.redeemed", g.AccountID))
}

func (w *world) grant(accountID string) (countersign.Grant, countersign.Session) {
	w.Helper()
	session := w.session(accountID)
	g := w.newGrant(w.client().ID, session)
	w.must(w.redeem(g))
	return g, session
}

func (w *world) revoked(g countersign.Grant) bool {
	w.Helper()
	got, err := w.s.GrantByAccess(w.ctx, g.AccessHash)
	w.must(err)
	return got.Revoked
}

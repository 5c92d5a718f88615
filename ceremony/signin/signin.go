package signin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/username"
)

// Store is what this ceremony asks of the store.
type Store interface {
	AccountByName(ctx context.Context, name string) (countersign.Account, error)
	BrowserKnown(ctx context.Context, browserHash []byte, accountID string) (bool, error)
	BeginSignIn(ctx context.Context, s countersign.SignIn, a *countersign.Approval, event countersign.Event) error
	SignIn(ctx context.Context, id string) (countersign.SignIn, error)
	Methods(ctx context.Context, accountID string) (countersign.Methods, error)
}

// Finisher makes sessions; nothing else in the program may.
type Finisher interface {
	FinishSignIn(ctx context.Context, signInID string, secretHash []byte, session countersign.Session, browserHash []byte, now time.Time, event countersign.Event) error
	EndSignIn(ctx context.Context, signInID string, secretHash []byte, now time.Time, event countersign.Event) error
}

// Policy is the operator's choice, where there is one.
type Policy struct {
	// Offered lists, in order, the methods that a browser is offered about
	// which nothing is known: to a stranger every name has these.
	Offered []Method
	// SecondFactor is true where an account without a second factor may not
	// finish at all.
	SecondFactor bool
}

// Ceremony runs sign-ins.
type Ceremony struct {
	store    Store
	finisher Finisher
	policy   Policy
	now      func() time.Time
	random   func([]byte) error
	newID    func() (string, error)
}

// New wires the ceremony.
func New(store Store, finisher Finisher, policy Policy, now func() time.Time, random func([]byte) error, newID func() (string, error)) *Ceremony {
	return &Ceremony{store: store, finisher: finisher, policy: policy, now: now, random: random, newID: newID}
}

// Start is what a browser brings to begin.
type Start struct {
	Name     string // as typed
	ClientID string
	Return   string
	Address  string
	Agent    string
	Browser  string // the long-lived browser secret, "" when it has none
	Fresh    string // key of the session to renew
}

// ErrBadName refuses a text that cannot be a name; that says nothing about
// which names exist.
var ErrBadName = username.ErrBad

// mostAgent caps what a browser may tell about itself.
const mostAgent = 256

// Begin opens an attempt. The secret goes to the browser as a cookie and is
// kept nowhere else.
func (c *Ceremony) Begin(ctx context.Context, start Start) (countersign.SignIn, string, error) {
	name, err := username.Canonical(start.Name)
	if err != nil {
		return countersign.SignIn{}, "", ErrBadName
	}
	account, err := c.store.AccountByName(ctx, name)
	if err != nil && !errors.Is(err, countersign.ErrNotFound) {
		return countersign.SignIn{}, "", err
	}
	// Asked for unknown names too: the same reads, the same time (check B9).
	known, err := c.store.BrowserKnown(ctx, hash(start.Browser), account.ID)
	if err != nil {
		return countersign.SignIn{}, "", err
	}
	id, err := c.newID()
	if err != nil {
		return countersign.SignIn{}, "", err
	}
	secret, err := c.secret()
	if err != nil {
		return countersign.SignIn{}, "", err
	}
	now := c.now()
	s := countersign.SignIn{
		ID: id, SecretHash: hash(secret), AccountID: account.ID, Name: name, ClientID: start.ClientID,
		Return: start.Return, Address: start.Address, Agent: capped(start.Agent, mostAgent),
		Known: known && start.Browser != "" && account.ID != "", Fresh: start.Fresh,
		State: countersign.SignInOpen, Created: now, Expires: now.Add(countersign.SignInLife),
	}
	event := countersign.Event{At: now, Kind: "signin.begun", AccountID: account.ID, Actor: "browser", Subject: id, Address: start.Address,
		Detail: map[string]string{"client": start.ClientID}}
	if err := c.store.BeginSignIn(ctx, s, nil, event); err != nil {
		return countersign.SignIn{}, "", err
	}
	return s, secret, nil
}

// Attempt finds an open attempt of this browser. A wrong secret finds nothing
// and burns nothing (check B11).
func (c *Ceremony) Attempt(ctx context.Context, id, secret string) (countersign.SignIn, error) {
	if countersign.CheckID(id) != nil {
		return countersign.SignIn{}, countersign.ErrNotFound
	}
	s, err := c.store.SignIn(ctx, id)
	if err != nil {
		return countersign.SignIn{}, err
	}
	if !countersign.NewSecret(s.SecretHash).Equal(countersign.NewSecret(hash(secret))) {
		return countersign.SignIn{}, countersign.ErrForeign
	}
	if s.State != countersign.SignInOpen {
		return s, countersign.ErrOver
	}
	if !c.now().Before(s.Expires) {
		return s, countersign.ErrExpired
	}
	return s, nil
}

// Finished is what a browser gets for enough evidence.
type Finished struct {
	Session countersign.Session
	Secret  string // of the session cookie
	Browser string // of the long-lived browser cookie; drawn anew when it had none
	Return  string
}

// Finish turns enough evidence into a session, once (check B11). browser is
// the browser's long-lived secret or "".
func (c *Ceremony) Finish(ctx context.Context, id, secret, browser string) (Finished, error) {
	s, err := c.Attempt(ctx, id, secret)
	if err != nil {
		return Finished{}, err
	}
	plan, err := c.Plan(ctx, s)
	if err != nil {
		return Finished{}, err
	}
	if plan.Next != MethodNone {
		return Finished{}, countersign.ErrNotEnough
	}
	sessionSecret, err := c.secret()
	if err != nil {
		return Finished{}, err
	}
	if browser == "" {
		if browser, err = c.secret(); err != nil {
			return Finished{}, err
		}
	}
	now := c.now()
	session := countersign.Session{
		Key: SessionKey(sessionSecret), AccountID: s.AccountID, AMR: s.Evidence.AMR(), ACR: s.Evidence.ACR(),
		Authenticated: now, Created: now, Seen: now, Address: s.Address, Agent: s.Agent,
	}
	event := countersign.Event{At: now, Kind: "signin.finished", AccountID: s.AccountID, Actor: "account:" + s.AccountID, Subject: s.ID, Address: s.Address,
		Detail: map[string]string{"acr": session.ACR, "client": s.ClientID}}
	if err := c.finisher.FinishSignIn(ctx, s.ID, hash(secret), session, hash(browser), now, event); err != nil {
		return Finished{}, err
	}
	return Finished{Session: session, Secret: sessionSecret, Browser: browser, Return: s.Return}, nil
}

// Leave ends an attempt that its own browser walks away from.
func (c *Ceremony) Leave(ctx context.Context, id, secret string) error {
	s, err := c.Attempt(ctx, id, secret)
	if err != nil {
		return err
	}
	now := c.now()
	return c.finisher.EndSignIn(ctx, id, hash(secret), now, countersign.Event{At: now, Kind: "signin.left", AccountID: s.AccountID, Actor: "browser", Subject: id, Address: s.Address})
}

// SessionKey is under what name the store keeps the session of a cookie.
func SessionKey(secret string) string { return base64.RawURLEncoding.EncodeToString(hash(secret)) }

// secret draws 256 bits.
func (c *Ceremony) secret() (string, error) {
	var b [32]byte
	if err := c.random(b[:]); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func capped(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}

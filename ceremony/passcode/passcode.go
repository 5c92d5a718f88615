package passcode

import (
	"context"
	"errors"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otp"
)

// Store is what this ceremony asks of the store.
type Store interface {
	AccountByID(ctx context.Context, id string) (countersign.Account, error)
	Reserve(ctx context.Context, subject string, factor countersign.Factor, limits countersign.Limits, now time.Time) (countersign.Throttle, bool, error)
	Passcodes(ctx context.Context, accountID string) ([]countersign.Passcode, error)
	SpendPasscode(ctx context.Context, signInID, passcodeID string, step int64, now time.Time, onSuccess, onSpent countersign.Event) error
	AddPasscode(ctx context.Context, p countersign.Passcode, event countersign.Event) error
	ConfirmPasscode(ctx context.Context, accountID, id string, step int64, now time.Time, event countersign.Event, notice countersign.Notice) error
	RemovePasscode(ctx context.Context, accountID, id string, event countersign.Event, notice countersign.Notice) error
}

const (
	// drift is how many steps a phone's clock may be off to either side:
	// RFC 6238 §5.2 recommends at most one.
	drift = 1
	// perAccount bounds the authenticators of one account, so that one attempt
	// stays one attempt's odds.
	perAccount = 5
	seedBytes  = 20 // RFC 4226 §4 R6
	digits     = 6
	period     = 30
)

// ErrTooMany refuses a further authenticator.
var ErrTooMany = errors.New("passcode: too many authenticators")

// Ceremony checks passcodes.
type Ceremony struct {
	store  Store
	now    func() time.Time
	random func([]byte) error
	newID  func() (string, error)
	decoy  countersign.Passcode
}

// New wires the ceremony.
func New(store Store, now func() time.Time, random func([]byte) error, newID func() (string, error)) (*Ceremony, error) {
	seed := make([]byte, seedBytes)
	if err := random(seed); err != nil {
		return nil, err
	}
	return &Ceremony{store: store, now: now, random: random, newID: newID,
		decoy: countersign.Passcode{Secret: countersign.NewSecret(seed), Algorithm: countersign.SHA1, Digits: digits, Period: period}}, nil
}

// Check proves a passcode for one sign-in.
func (c *Ceremony) Check(ctx context.Context, s countersign.SignIn, code string) error {
	now := c.now()
	_, allowed, err := c.store.Reserve(ctx, s.ThrottleSubject(), countersign.FactorPasscode, countersign.PasscodeLimits, now)
	if err != nil {
		return err
	}
	// Asked for an unknown name too: the same reads, the same time (check A5).
	account, err := c.store.AccountByID(ctx, s.AccountID)
	if err != nil && !errors.Is(err, countersign.ErrNotFound) {
		return err
	}
	enrolled, err := c.store.Passcodes(ctx, s.AccountID)
	if err != nil {
		return err
	}
	found, step, spent := c.match(enrolled, code, now)
	if !allowed || account.State != countersign.AccountActive || (found == "" && !spent) {
		return countersign.ErrWrong
	}
	event := func(kind string) countersign.Event {
		return countersign.Event{At: now, Kind: kind, AccountID: s.AccountID, Actor: "account:" + s.AccountID, Subject: s.ID, Address: s.Address}
	}
	return c.store.SpendPasscode(ctx, s.ID, found, step, now, event("passcode.proved"), event("passcode.spent-again"))
}

// match looks the code up in every active authenticator, or in a decoy when
// there is none. A code whose step was spent already is reported with its
// authenticator, so that the store refuses and audits it.
func (c *Ceremony) match(enrolled []countersign.Passcode, code string, now time.Time) (id string, step int64, spent bool) {
	candidates := enrolled[:0:0]
	for _, p := range enrolled {
		if p.Active {
			candidates = append(candidates, p)
		}
	}
	if len(candidates) == 0 {
		candidates = append(candidates, c.decoy)
	}
	for _, p := range candidates {
		at, ok := otp.Match(p.Secret, p.Algorithm, p.Digits, p.Period, code, now, -1, drift)
		if ok && p.ID != "" && id == "" {
			id, step, spent = p.ID, at, at <= p.LastStep
		}
	}
	return id, step, spent
}

// Begin makes a new authenticator for an account: inactive until a first code
// was typed. The seed leaves this server once, in the answer to this call.
func (c *Ceremony) Begin(ctx context.Context, accountID, name, actor, address string) (countersign.Passcode, error) {
	existing, err := c.store.Passcodes(ctx, accountID)
	if err != nil {
		return countersign.Passcode{}, err
	}
	if len(existing) >= perAccount {
		return countersign.Passcode{}, ErrTooMany
	}
	id, err := c.newID()
	if err != nil {
		return countersign.Passcode{}, err
	}
	seed := make([]byte, seedBytes)
	if err := c.random(seed); err != nil {
		return countersign.Passcode{}, err
	}
	now := c.now()
	p := countersign.Passcode{ID: id, AccountID: accountID, Name: name, Secret: countersign.NewSecret(seed),
		Algorithm: countersign.SHA1, Digits: digits, Period: period, Created: now}
	err = c.store.AddPasscode(ctx, p, countersign.Event{At: now, Kind: "passcode.begun", AccountID: accountID, Actor: actor, Subject: id, Address: address})
	return p, err
}

// Finish activates an authenticator by its first code, which is spent by it.
func (c *Ceremony) Finish(ctx context.Context, accountID, id, code, actor, address string) error {
	now := c.now()
	_, allowed, err := c.store.Reserve(ctx, accountID+":setup", countersign.FactorPasscode, countersign.PasscodeLimits, now)
	if err != nil {
		return err
	}
	if !allowed {
		return countersign.ErrThrottled
	}
	p, err := c.find(ctx, accountID, id)
	if err != nil {
		return err
	}
	step, ok := otp.Match(p.Secret, p.Algorithm, p.Digits, p.Period, code, now, p.LastStep, drift)
	if !ok {
		return countersign.ErrWrong
	}
	event, notice, err := c.told(accountID, "passcode.added", countersign.NoticePasscodeAdded, p, actor, address, now)
	if err != nil {
		return err
	}
	return c.store.ConfirmPasscode(ctx, accountID, id, step, now, event, notice)
}

// Remove takes an authenticator away.
func (c *Ceremony) Remove(ctx context.Context, accountID, id, actor, address string) error {
	p, err := c.find(ctx, accountID, id)
	if err != nil {
		return err
	}
	event, notice, err := c.told(accountID, "passcode.removed", countersign.NoticePasscodeRemoved, p, actor, address, c.now())
	if err != nil {
		return err
	}
	return c.store.RemovePasscode(ctx, accountID, id, event, notice)
}

func (c *Ceremony) find(ctx context.Context, accountID, id string) (countersign.Passcode, error) {
	all, err := c.store.Passcodes(ctx, accountID)
	if err != nil {
		return countersign.Passcode{}, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return countersign.Passcode{}, countersign.ErrNotFound
}

func (c *Ceremony) told(accountID, kind string, notice countersign.NoticeKind, p countersign.Passcode, actor, address string, now time.Time) (countersign.Event, countersign.Notice, error) {
	id, err := c.newID()
	return countersign.Event{At: now, Kind: kind, AccountID: accountID, Actor: actor, Subject: p.ID, Address: address},
		countersign.Notice{ID: id, AccountID: accountID, Kind: notice, Subject: p.Name, At: now}, err
}

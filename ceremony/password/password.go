package password

import (
	"context"
	"errors"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Store is what this ceremony asks of the store.
type Store interface {
	AccountByID(ctx context.Context, id string) (countersign.Account, error)
	Reserve(ctx context.Context, subject string, factor countersign.Factor, limits countersign.Limits, now time.Time) (countersign.Throttle, bool, error)
	ProvePassword(ctx context.Context, signInID string, now time.Time, event countersign.Event) error
	SetPassword(ctx context.Context, accountID string, hash countersign.PasswordHash, keepSession string, now time.Time, event countersign.Event, notice countersign.Notice) error
}

// Ceremony checks passwords.
type Ceremony struct {
	store  Store
	hasher *Hasher
	now    func() time.Time
	newID  func() (string, error)
}

// New wires the ceremony.
func New(store Store, hasher *Hasher, now func() time.Time, newID func() (string, error)) *Ceremony {
	return &Ceremony{store: store, hasher: hasher, now: now, newID: newID}
}

// Check proves the password for one sign-in. It returns ErrWrong for every
// reason that a stranger must not tell apart, and ErrUnavailable when the
// store cannot count: without counting there is no comparing.
func (c *Ceremony) Check(ctx context.Context, s countersign.SignIn, typed countersign.Secret) error {
	now := c.now()
	_, allowed, err := c.store.Reserve(ctx, s.ThrottleSubject(), countersign.FactorPassword, countersign.PasswordLimits, now)
	if err != nil {
		return err
	}
	// Asked for an unknown name too: the same reads, the same time (check A5).
	account, err := c.store.AccountByID(ctx, s.AccountID)
	if err != nil && !errors.Is(err, countersign.ErrNotFound) {
		return err
	}
	equal, err := c.hasher.matches(ctx, account.Password, typed)
	if err != nil {
		return err
	}
	if !equal || !allowed || account.State != countersign.AccountActive {
		return countersign.ErrWrong
	}
	return c.store.ProvePassword(ctx, s.ID, now, countersign.Event{
		At: now, Kind: "password.proved", AccountID: s.AccountID, Actor: "account:" + s.AccountID, Subject: s.ID, Address: s.Address,
	})
}

// Set gives an account a new password and ends its other sessions (check G3).
// keepSession is the session that asked, "" for the operator's command.
func (c *Ceremony) Set(ctx context.Context, accountID, keepSession, actor, address string, chosen countersign.Secret) error {
	hash, err := c.hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	id, err := c.newID()
	if err != nil {
		return err
	}
	now := c.now()
	return c.store.SetPassword(ctx, accountID, hash, keepSession, now,
		countersign.Event{At: now, Kind: "password.set", AccountID: accountID, Actor: actor, Subject: accountID, Address: address},
		countersign.Notice{ID: id, AccountID: accountID, Kind: countersign.NoticePasswordChanged, At: now})
}

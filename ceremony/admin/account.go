package admin

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/username"
)

// Accounts is what this ceremony asks of the store for accounts.
type Accounts interface {
	CreateAccount(ctx context.Context, a countersign.Account, event countersign.Event) error
	AccountByName(ctx context.Context, name string) (countersign.Account, error)
	Accounts(ctx context.Context, prefix, after string, limit int) ([]countersign.Account, error)
	SetAccountState(ctx context.Context, accountID string, state countersign.AccountState, now time.Time, event countersign.Event) error
	DeleteAccount(ctx context.Context, accountID string, event countersign.Event) error
	SetSetupCode(ctx context.Context, codeHash []byte) (needed bool, err error)
	RedeemSetup(ctx context.Context, codeHash []byte, now time.Time, a countersign.Account, event countersign.Event) error
}

// Clients is what it asks of the store for relying parties.
type Clients interface {
	CreateClient(ctx context.Context, c countersign.Client, event countersign.Event) error
	Client(ctx context.Context, id string) (countersign.Client, error)
	Clients(ctx context.Context) ([]countersign.Client, error)
	DeleteClient(ctx context.Context, id string, event countersign.Event) error
}

// Hasher makes the stored form of a password.
type Hasher interface {
	Hash(ctx context.Context, password countersign.Secret) (countersign.PasswordHash, error)
}

// Ceremony is the operator's.
type Ceremony struct {
	accounts Accounts
	clients  Clients
	hasher   Hasher
	now      func() time.Time
	random   func([]byte) error
	newID    func() (string, error)
}

// New wires the ceremony.
func New(accounts Accounts, clients Clients, hasher Hasher, now func() time.Time, random func([]byte) error, newID func() (string, error)) *Ceremony {
	return &Ceremony{accounts: accounts, clients: clients, hasher: hasher, now: now, random: random, newID: newID}
}

// Operator is the actor of acts at the host's own command line.
const Operator = "operator"

// CreateAccount makes an account with a password. The errors are ErrMalformed
// (the name), ErrNameTaken, and those of the hasher.
func (c *Ceremony) CreateAccount(ctx context.Context, name, display string, role countersign.Role, password countersign.Secret) (countersign.Account, error) {
	a, err := c.account(ctx, name, display, role, password)
	if err != nil {
		return countersign.Account{}, err
	}
	return a, c.accounts.CreateAccount(ctx, a, c.event(a.Created, "account.created", a.ID, a.ID))
}

func (c *Ceremony) account(ctx context.Context, name, display string, role countersign.Role, password countersign.Secret) (countersign.Account, error) {
	canonical, err := username.Canonical(name)
	if err != nil {
		return countersign.Account{}, fmt.Errorf("%w: %q cannot be a user name", countersign.ErrMalformed, name)
	}
	if display == "" {
		display = canonical
	}
	if !readable(display) {
		return countersign.Account{}, fmt.Errorf("%w: the display name has characters that cannot be shown, or is over 64", countersign.ErrMalformed)
	}
	hash, err := c.hasher.Hash(ctx, password)
	if err != nil {
		return countersign.Account{}, err
	}
	id, err := c.newID()
	if err != nil {
		return countersign.Account{}, err
	}
	return countersign.Account{ID: id, Name: canonical, Display: display, State: countersign.AccountActive, Role: role, Password: hash, Created: c.now()}, nil
}

// Account finds an account by any spelling of its name.
func (c *Ceremony) Account(ctx context.Context, name string) (countersign.Account, error) {
	canonical, err := username.Canonical(name)
	if err != nil {
		return countersign.Account{}, countersign.ErrNotFound
	}
	return c.accounts.AccountByName(ctx, canonical)
}

// List lists accounts by name.
func (c *Ceremony) List(ctx context.Context, prefix, after string, limit int) ([]countersign.Account, error) {
	return c.accounts.Accounts(ctx, prefix, after, limit)
}

// Lock ends everything of an account that is under way and lets nothing begin;
// Unlock lets it begin again.
func (c *Ceremony) Lock(ctx context.Context, accountID string) error {
	return c.state(ctx, accountID, countersign.AccountLocked, "account.locked")
}

// Unlock ends a lock.
func (c *Ceremony) Unlock(ctx context.Context, accountID string) error {
	return c.state(ctx, accountID, countersign.AccountActive, "account.unlocked")
}

func (c *Ceremony) state(ctx context.Context, accountID string, state countersign.AccountState, kind string) error {
	now := c.now()
	return c.accounts.SetAccountState(ctx, accountID, state, now, c.event(now, kind, accountID, accountID))
}

// Delete removes an account with all that is its own. The audit log stays.
func (c *Ceremony) Delete(ctx context.Context, accountID string) error {
	return c.accounts.DeleteAccount(ctx, accountID, c.event(c.now(), "account.deleted", accountID, accountID))
}

func (c *Ceremony) event(now time.Time, kind, accountID, subject string) countersign.Event {
	return countersign.Event{At: now, Kind: kind, AccountID: accountID, Actor: Operator, Subject: subject}
}

func readable(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > 64 || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

package serve

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/bus"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/ceremony/passcode"
	"github.com/countersign-id/countersign/ceremony/password"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/store"
)

// The store keeps the promises that each ceremony asks for.
var (
	_ signin.Store      = (*store.Store)(nil)
	_ signin.Finisher   = (*store.Store)(nil)
	_ password.Store    = (*store.Store)(nil)
	_ passcode.Store    = (*store.Store)(nil)
	_ approval.Store    = (*store.Store)(nil)
	_ enrolment.Store   = (*store.Store)(nil)
	_ enrolment.Devices = (*store.Store)(nil)
	_ admin.Accounts    = (*store.Store)(nil)
	_ admin.Clients     = (*store.Store)(nil)
)

// House is the store with the ceremonies over it: what the server and the
// operator's commands share.
type House struct {
	Config     Config
	Store      *store.Store
	Bus        *bus.Bus
	SignIn     *signin.Ceremony
	Password   *password.Ceremony
	Passcode   *passcode.Ceremony
	Approval   *approval.Ceremony
	Enrolment  *enrolment.Ceremony
	Admin      *admin.Ceremony
	Now        func() time.Time
	log        *slog.Logger
	closeStore func() error
}

// Random is the system's randomness. It never gives fewer bytes than asked:
// it fills them all, or the program ends (crypto/rand, check K4).
func Random(b []byte) error {
	_, err := rand.Read(b)
	return err
}

// NewID draws an identifier.
func NewID() (string, error) {
	var b [16]byte
	if err := Random(b[:]); err != nil {
		return "", err
	}
	return countersign.IDOf(b), nil
}

// Open checks the configuration, opens the store and makes the ceremonies.
// now is the clock; nil means the system's.
func Open(ctx context.Context, c Config, log *slog.Logger, now func() time.Time) (*House, error) {
	c, err := c.checked()
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	keys, err := openKeys(c)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Config{URL: c.StoreURL(), Keys: keys, Logf: func(format string, args ...any) { log.Warn(fmt.Sprintf(format, args...)) }})
	if err != nil {
		return nil, err
	}
	h := &House{Config: c, Store: s, Bus: bus.New(), Now: now, log: log, closeStore: s.Close}
	hasher := password.NewHasher(runtime.GOMAXPROCS(0), Random)
	h.Password = password.New(s, hasher, now, NewID)
	if h.Passcode, err = passcode.New(s, now, Random, NewID); err != nil {
		return nil, err
	}
	h.SignIn = signin.New(s, s, signin.Policy{Offered: c.offered(), SecondFactor: c.SignIn.SecondFactor}, now, Random, NewID)
	h.Approval = approval.New(s, h.Bus, c.Issuer, approval.Policy{Life: time.Duration(c.Approval.Life), Digits: c.Approval.Digits}, now, Random, NewID)
	h.Enrolment = enrolment.New(s, s, h.Bus, c.Issuer, now, Random, NewID)
	h.Admin = admin.New(s, s, hasher, now, Random, NewID)
	return h, nil
}

// Close ends every wait and closes the store.
func (h *House) Close() error {
	h.Bus.Close()
	return h.closeStore()
}

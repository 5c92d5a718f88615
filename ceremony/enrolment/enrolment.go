package enrolment

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
)

// Store is what this ceremony asks of the store for bindings.
type Store interface {
	OpenBinding(ctx context.Context, b countersign.Binding, event countersign.Event) error
	Binding(ctx context.Context, id string) (countersign.Binding, error)
	ClaimBinding(ctx context.Context, codeHash []byte, d countersign.Device, safety func(accountID string) string, now time.Time, event countersign.Event) (countersign.Binding, countersign.Account, error)
	ConfirmDevice(ctx context.Context, bindingID, session, safety string, now time.Time, event countersign.Event, notice countersign.Notice) (countersign.Device, int, error)
	KillBinding(ctx context.Context, bindingID, session string, now time.Time, event countersign.Event) error
}

// Devices is what it asks of the store for devices.
type Devices interface {
	Device(ctx context.Context, id string) (countersign.Device, error)
	Devices(ctx context.Context, accountID string) ([]countersign.Device, error)
	RevokeDevice(ctx context.Context, accountID, deviceID string, now time.Time, event countersign.Event, notice countersign.Notice) error
	RenameDevice(ctx context.Context, accountID, deviceID, name string, event countersign.Event) error
}

// Waker tells pages and phones that something changed.
type Waker interface {
	Wake(topics ...countersign.Topic)
}

// Ceremony enrols and removes devices.
type Ceremony struct {
	store   Store
	devices Devices
	waker   Waker
	issuer  string
	now     func() time.Time
	random  func([]byte) error
	newID   func() (string, error)
}

// New wires the ceremony.
func New(store Store, devices Devices, waker Waker, issuer string, now func() time.Time, random func([]byte) error, newID func() (string, error)) *Ceremony {
	return &Ceremony{store: store, devices: devices, waker: waker, issuer: issuer, now: now, random: random, newID: newID}
}

// Asker is who opens or confirms a binding: a session of the account, or the
// operator at the host (Session is "").
type Asker struct {
	Session string
	Actor   string
	Address string
}

// Open makes a binding code. The code is in the answer and nowhere else.
func (c *Ceremony) Open(ctx context.Context, accountID string, by Asker) (countersign.Binding, string, error) {
	id, err := c.newID()
	if err != nil {
		return countersign.Binding{}, "", err
	}
	var random [16]byte
	if err := c.random(random[:]); err != nil {
		return countersign.Binding{}, "", err
	}
	code := newCode(random)
	now := c.now()
	b := countersign.Binding{ID: id, AccountID: accountID, CodeHash: hashCode(code), Session: by.Session,
		State: countersign.BindingOpen, Created: now, Expires: now.Add(countersign.BindingLife)}
	err = c.store.OpenBinding(ctx, b, c.event(now, "binding.opened", accountID, by.Actor, id, by.Address))
	return b, code, err
}

// Address is what the QR holds: the code is in the fragment, which browsers do
// not send.
func (c *Ceremony) Address(code string) string { return c.issuer + "/app#enrol=" + code }

// Keys is what a phone sends for a binding code.
type Keys struct {
	Code      string // canonical spelling
	Key       []byte // P-256 point
	Name      string
	Platform  countersign.Platform
	Version   string
	Signature []byte
	Address   string
}

// Claimed is the answer.
type Claimed struct {
	Device  countersign.Device
	Account countersign.Account
	Nonce   string
}

const (
	mostName    = 64
	mostVersion = 32
)

// Claim spends a binding code for a device that proved its key. ErrMalformed,
// ErrSignature (the code is not spent), ErrNotFound (the code is unknown, spent
// or expired: which of these is nobody's business), ErrLocked.
func (c *Ceremony) Claim(ctx context.Context, k Keys) (Claimed, error) {
	if code, err := CanonicalCode(k.Code); err != nil || code != k.Code {
		return Claimed{}, countersign.ErrNotFound
	}
	if !readable(k.Name, mostName) || !readable(k.Version, mostVersion) {
		return Claimed{}, fmt.Errorf("name or version: %w", countersign.ErrMalformed)
	}
	signed, err := statement.Enrol{Issuer: c.issuer, Code: k.Code, Key: k.Key, Platform: k.Platform, Name: k.Name, AppVersion: k.Version}.Statement()
	if err != nil {
		return Claimed{}, err
	}
	if err := statement.Verify(k.Key, signed, k.Signature); err != nil {
		return Claimed{}, err
	}
	id, err := c.newID()
	if err != nil {
		return Claimed{}, err
	}
	// Drawn after the key arrived: a thief cannot search for a key whose
	// safety code collides with the one the person's phone will show.
	var random [16]byte
	if err := c.random(random[:]); err != nil {
		return Claimed{}, err
	}
	nonce := base64.RawURLEncoding.EncodeToString(random[:])
	now := c.now()
	d := countersign.Device{ID: id, Name: k.Name, Platform: k.Platform, Version: k.Version, Key: k.Key, State: countersign.DevicePending, Created: now, Seen: now}
	var safetyErr error
	safety := func(accountID string) string {
		var code string
		code, safetyErr = statement.SafetyCode(c.issuer, accountID, k.Code, statement.Thumbprint(k.Key), "", nonce)
		return code
	}
	b, account, err := c.store.ClaimBinding(ctx, hashCode(k.Code), d, safety, now, c.event(now, "binding.claimed", "", "device:"+id, id, k.Address))
	if err != nil {
		return Claimed{}, err
	}
	if safetyErr != nil {
		return Claimed{}, safetyErr
	}
	d.AccountID = account.ID
	c.waker.Wake(countersign.BindingTopic(b.ID))
	return Claimed{Device: d, Account: account, Nonce: nonce}, nil
}

// Binding finds a binding that this session made.
func (c *Ceremony) Binding(ctx context.Context, id, session string) (countersign.Binding, error) {
	if countersign.CheckID(id) != nil {
		return countersign.Binding{}, countersign.ErrNotFound
	}
	b, err := c.store.Binding(ctx, id)
	if err != nil {
		return countersign.Binding{}, err
	}
	if b.Session != session {
		return countersign.Binding{}, countersign.ErrNotFound
	}
	if (b.State == countersign.BindingOpen || b.State == countersign.BindingClaimed) && !b.Live(c.now()) {
		b.State = countersign.BindingDead
	}
	return b, nil
}

// Confirm activates the device by the safety code that it shows. With ErrWrong
// it returns the tries that are left; with ErrOver the binding is dead.
func (c *Ceremony) Confirm(ctx context.Context, bindingID, typed string, by Asker) (countersign.Device, int, error) {
	b, err := c.Binding(ctx, bindingID, by.Session)
	if err != nil {
		return countersign.Device{}, 0, err
	}
	safety := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, typed)
	if len(safety) != 6 || strings.Trim(safety, "0123456789") != "" {
		return countersign.Device{}, 0, countersign.ErrMalformed
	}
	id, err := c.newID()
	if err != nil {
		return countersign.Device{}, 0, err
	}
	waiting := b.DeviceID
	name := ""
	if d, err := c.devices.Device(ctx, waiting); err == nil {
		name = d.Name
	}
	now := c.now()
	d, left, err := c.store.ConfirmDevice(ctx, bindingID, by.Session, safety, now,
		c.event(now, "device.added", b.AccountID, by.Actor, waiting, by.Address),
		countersign.Notice{ID: id, AccountID: b.AccountID, Kind: countersign.NoticeDeviceAdded, Subject: name, At: now})
	c.waker.Wake(countersign.BindingTopic(bindingID), countersign.AccountTopic(b.AccountID))
	return d, left, err
}

// Cancel kills a binding.
func (c *Ceremony) Cancel(ctx context.Context, bindingID string, by Asker) error {
	b, err := c.Binding(ctx, bindingID, by.Session)
	if err != nil {
		return err
	}
	now := c.now()
	err = c.store.KillBinding(ctx, bindingID, by.Session, now, c.event(now, "binding.cancelled", b.AccountID, by.Actor, bindingID, by.Address))
	c.waker.Wake(countersign.BindingTopic(bindingID), countersign.AccountTopic(b.AccountID))
	return err
}

// Revoke ends a device. Its account's waiting requests end in the same act
// (check E4).
func (c *Ceremony) Revoke(ctx context.Context, accountID, deviceID string, by Asker) error {
	d, err := c.devices.Device(ctx, deviceID)
	if err != nil {
		return err
	}
	if d.AccountID != accountID {
		return countersign.ErrNotFound
	}
	id, err := c.newID()
	if err != nil {
		return err
	}
	now := c.now()
	err = c.devices.RevokeDevice(ctx, accountID, deviceID, now,
		c.event(now, "device.removed", accountID, by.Actor, deviceID, by.Address),
		countersign.Notice{ID: id, AccountID: accountID, Kind: countersign.NoticeDeviceRemoved, Subject: d.Name, At: now})
	c.waker.Wake(countersign.AccountTopic(accountID))
	return err
}

// Rename gives a device another name.
func (c *Ceremony) Rename(ctx context.Context, accountID, deviceID, name string, by Asker) error {
	if !readable(name, mostName) {
		return countersign.ErrMalformed
	}
	now := c.now()
	return c.devices.RenameDevice(ctx, accountID, deviceID, name, c.event(now, "device.renamed", accountID, by.Actor, deviceID, by.Address))
}

func (c *Ceremony) event(now time.Time, kind, accountID, actor, subject, address string) countersign.Event {
	return countersign.Event{At: now, Kind: kind, AccountID: accountID, Actor: actor, Subject: subject, Address: address}
}

// readable refuses what would hide or reorder itself on a page (check C4).
func readable(s string, most int) bool {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > most || strings.TrimSpace(s) != s {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

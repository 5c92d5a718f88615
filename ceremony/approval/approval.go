package approval

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
)

// Store is what this ceremony asks of the store.
type Store interface {
	AskApproval(ctx context.Context, a countersign.Approval, now time.Time, event countersign.Event) error
	Approval(ctx context.Context, id string) (countersign.Approval, error)
	PendingApprovals(ctx context.Context, accountID string, now time.Time) ([]countersign.Approval, error)
	Decide(ctx context.Context, d countersign.Deciding) (countersign.Decided, error)
	Device(ctx context.Context, id string) (countersign.Device, error)
	Methods(ctx context.Context, accountID string) (countersign.Methods, error)
}

// Waker tells pages and phones that something changed.
type Waker interface {
	Wake(topics ...countersign.Topic)
}

// Policy is the operator's choice.
type Policy struct {
	Life time.Duration // of a request: 30 s to 10 min
	// Digits is how long the number is for a familiar browser; an unfamiliar
	// one always gets six.
	Digits int
}

// Ceremony asks and decides.
type Ceremony struct {
	store  Store
	waker  Waker
	issuer string
	policy Policy
	now    func() time.Time
	random func([]byte) error
	newID  func() (string, error)
}

// New wires the ceremony.
func New(store Store, waker Waker, issuer string, policy Policy, now func() time.Time, random func([]byte) error, newID func() (string, error)) *Ceremony {
	return &Ceremony{store: store, waker: waker, issuer: issuer, policy: policy, now: now, random: random, newID: newID}
}

// NoClient stands on the statement's client line when the sign-in is to this
// server itself.
const NoClient = "-"

// Ask makes a request for one sign-in, or sends it again: the earlier one of
// the same sign-in ends. A name without an account, without a phone, that is
// locked (check B8), or whose approvals are paused gets a decoy: the same row, waiting nowhere (check B9).
func (c *Ceremony) Ask(ctx context.Context, s countersign.SignIn, about Context) (countersign.Approval, error) {
	now := c.now()
	account := s.AccountID
	own, err := c.store.Methods(ctx, s.AccountID)
	if err != nil {
		return countersign.Approval{}, err
	}
	if !own.Phone || own.Locked || own.Approvals.Paused(now, countersign.ApprovalLimits) {
		account = ""
	}
	digits := countersign.DigitsUnfamiliar
	if s.Known {
		digits = c.policy.Digits
	}
	about.Purpose, about.Account, about.Known = countersign.PurposeSignIn, s.Name, s.Known
	about.Address = s.Address
	about.Browser, about.System = describe(s.Agent)
	return c.ask(ctx, countersign.Approval{
		SignInID: s.ID, AccountID: account, Purpose: countersign.PurposeSignIn, ClientID: orNone(s.ClientID),
		Known: s.Known, Source: s.Address, Asked: now, NotAfter: now.Add(c.policy.Life),
	}, digits, about, "browser")
}

// Test makes the request that ends an enrolment: asked by a signed-in person
// of their own account.
func (c *Ceremony) Test(ctx context.Context, account countersign.Account, address, agent string, about Context) (countersign.Approval, error) {
	now := c.now()
	about.Purpose, about.Account, about.Known, about.Address = countersign.PurposeTest, account.Name, true, address
	about.Browser, about.System = describe(agent)
	return c.ask(ctx, countersign.Approval{
		AccountID: account.ID, Purpose: countersign.PurposeTest, ClientID: NoClient,
		Known: true, Source: address, Asked: now, NotAfter: now.Add(c.policy.Life),
	}, countersign.DigitsFamiliar, about, "account:"+account.ID)
}

func (c *Ceremony) ask(ctx context.Context, a countersign.Approval, digits int, about Context, actor string) (countersign.Approval, error) {
	var err error
	if a.ID, err = c.newID(); err != nil {
		return countersign.Approval{}, err
	}
	var nonce [16]byte
	if err := c.random(nonce[:]); err != nil {
		return countersign.Approval{}, err
	}
	a.Nonce = base64.RawURLEncoding.EncodeToString(nonce[:])
	if a.Number, err = c.number(digits); err != nil {
		return countersign.Approval{}, err
	}
	if a.Context, err = about.record(); err != nil {
		return countersign.Approval{}, err
	}
	a.State = countersign.ApprovalPending
	event := countersign.Event{At: a.Asked, Kind: "approval.asked", AccountID: a.AccountID, Actor: actor, Subject: a.ID, Address: a.Source,
		Detail: map[string]string{"client": a.ClientID, "purpose": string(a.Purpose)}}
	if err := c.store.AskApproval(ctx, a, a.Asked, event); err != nil {
		return countersign.Approval{}, err
	}
	if a.AccountID != "" {
		c.waker.Wake(countersign.AccountTopic(a.AccountID))
	}
	return a, nil
}

// number draws evenly: rejection, not remainder.
func (c *Ceremony) number(digits int) (string, error) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil).Uint64()
	const span = 1 << 32
	for {
		var b [4]byte
		if err := c.random(b[:]); err != nil {
			return "", err
		}
		n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
		if n < span-span%limit {
			return fmt.Sprintf("%0*d", digits, n%limit), nil
		}
	}
}

// Waiting lists what waits for an account's decision, oldest first.
func (c *Ceremony) Waiting(ctx context.Context, accountID string) ([]countersign.Approval, error) {
	return c.store.PendingApprovals(ctx, accountID, c.now())
}

// State is where a request is now.
func (c *Ceremony) State(ctx context.Context, id string) (countersign.Approval, error) {
	a, err := c.store.Approval(ctx, id)
	if err != nil {
		return countersign.Approval{}, err
	}
	a.State = a.At(c.now())
	return a, nil
}

// Answer is what a phone sends.
type Answer struct {
	Request   string
	Device    string
	Decision  countersign.Decision
	Number    string
	Signature []byte
	Address   string
}

// Decide verifies an answer and moves the request. Errors: ErrMalformed
// (nothing counted), ErrNotFound, ErrSignature (nothing counted), ErrWrong
// with Decided.TriesLeft, ErrOver with Decided.State, ErrThrottled, ErrLocked.
func (c *Ceremony) Decide(ctx context.Context, answer Answer) (countersign.Decided, error) {
	if countersign.CheckID(answer.Request) != nil || countersign.CheckID(answer.Device) != nil {
		return countersign.Decided{}, countersign.ErrNotFound
	}
	device, err := c.store.Device(ctx, answer.Device)
	if err != nil {
		return countersign.Decided{}, err
	}
	if device.State != countersign.DeviceActive {
		return countersign.Decided{}, countersign.ErrNotFound
	}
	a, err := c.store.Approval(ctx, answer.Request)
	if err != nil {
		return countersign.Decided{}, err
	}
	if a.AccountID == "" || a.AccountID != device.AccountID {
		return countersign.Decided{}, countersign.ErrNotFound
	}
	if err := wellFormed(answer, len(a.Number)); err != nil {
		return countersign.Decided{}, err
	}
	signed, err := statement.Approval{
		Issuer: c.issuer, Client: a.ClientID, Request: a.ID, Nonce: a.Nonce, Account: a.AccountID, Device: device.ID,
		Decision: answer.Decision, Number: answer.Number, Context: a.Context, NotAfter: a.NotAfter.UnixMilli(),
	}.Statement()
	if err != nil {
		return countersign.Decided{}, err
	}
	if err := statement.Verify(device.Key, signed, answer.Signature); err != nil {
		return countersign.Decided{}, err
	}
	noticeID, err := c.newID()
	if err != nil {
		return countersign.Decided{}, err
	}
	now := c.now()
	decided, err := c.store.Decide(ctx, countersign.Deciding{
		ApprovalID: a.ID, DeviceID: device.ID, Decision: answer.Decision, Number: answer.Number, Signature: answer.Signature, Now: now,
		Notice: func(kind countersign.NoticeKind) countersign.Notice {
			return countersign.Notice{ID: noticeID, AccountID: a.AccountID, Kind: kind, Subject: a.Source, At: now}
		},
		Event: func(kind string) countersign.Event {
			return countersign.Event{At: now, Kind: kind, AccountID: a.AccountID, Actor: "device:" + device.ID, Subject: a.ID, Address: answer.Address}
		},
	})
	// Also on a refusal: a miss may have ended requests that pages show.
	if err == nil || errors.Is(err, countersign.ErrWrong) || errors.Is(err, countersign.ErrThrottled) {
		c.waker.Wake(countersign.AccountTopic(a.AccountID), countersign.SignInTopic(a.SignInID))
	}
	return decided, err
}

// wellFormed refuses what is no answer to this request before anything is
// verified or counted (check B1).
func wellFormed(answer Answer, digits int) error {
	switch answer.Decision {
	case countersign.Approve:
		if len(answer.Number) != digits || strings.Trim(answer.Number, "0123456789") != "" {
			return fmt.Errorf("number: %w", countersign.ErrMalformed)
		}
	case countersign.Deny, countersign.Report:
		if answer.Number != statement.Absent {
			return fmt.Errorf("number: %w", countersign.ErrMalformed)
		}
	default:
		return fmt.Errorf("decision: %w", countersign.ErrMalformed)
	}
	if len(answer.Signature) != statement.SignatureLength {
		return fmt.Errorf("signature: %w", countersign.ErrMalformed)
	}
	return nil
}

func orNone(clientID string) string {
	if clientID == "" {
		return NoClient
	}
	return clientID
}

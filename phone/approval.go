package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
)

// Request is an approval request that waits for this account. It never holds
// the number: that is on the page alone.
type Request struct {
	ID       string
	Nonce    string
	Client   string
	Digits   int
	Asked    time.Time
	NotAfter time.Time // by the server's clock
	Record   string    // the context as sent; what the statement's hash is over
	Context  Context   // the same, read
}

// Context is what a person decides by (docs/spec/approval.md). All of it comes
// from a stranger's browser or a relying party: it is text to show with care.
type Context struct {
	Purpose countersign.Purpose `json:"purpose"`
	Client  string              `json:"client"`
	Host    string              `json:"host"`
	Account string              `json:"account"`
	Address string              `json:"address"`
	Place   string              `json:"place"`
	Browser string              `json:"browser"`
	System  string              `json:"system"`
	Known   bool                `json:"known"`
	Message string              `json:"message"`
}

// Requests lists what waits.
func (d *Device) Requests(ctx context.Context) ([]Request, error) {
	var wire requestsWire
	if err := d.call(ctx, http.MethodGet, "/api/phone/v1/requests", &wire); err != nil {
		return nil, err
	}
	return wire.requests()
}

// Decide answers a request. The number is what the person typed for Approve,
// and "" otherwise. The statement is over what this device was shown, so that
// a server which recorded something else cannot use it.
func (d *Device) Decide(ctx context.Context, r Request, decision countersign.Decision, number string) (countersign.ApprovalState, error) {
	if decision != countersign.Approve {
		number = statement.Absent
	}
	text, err := statement.Approval{
		Issuer: d.Client.Issuer, Client: r.Client, Request: r.ID, Nonce: r.Nonce, Account: d.AccountID,
		Device: d.ID, Decision: decision, Number: number, Context: r.Record, NotAfter: r.NotAfter.UnixMilli(),
	}.Statement()
	if err != nil {
		return "", err
	}
	signature, err := statement.Sign(d.Key, text)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(struct {
		Device    string `json:"device"`
		Decision  string `json:"decision"`
		Number    string `json:"number"`
		Signature string `json:"signature"`
	}{d.ID, string(decision), number, statement.EncodeBytes(signature)})
	if err != nil {
		return "", fmt.Errorf("phone: %w", err)
	}
	var answer struct {
		State string `json:"state"`
	}
	if err := d.Client.call(ctx, http.MethodPost, "/api/phone/v1/requests/"+r.ID+"/decision", body, &answer); err != nil {
		return "", err
	}
	state := countersign.ApprovalState(answer.State)
	// An answer that names another decision is no confirmation of this one.
	if state != decision.State() {
		return state, fmt.Errorf("%w: state %q after %s", ErrAnswer, answer.State, decision)
	}
	return state, nil
}

type requestsWire struct {
	Requests []struct {
		ID       string `json:"id"`
		Nonce    string `json:"nonce"`
		Client   string `json:"client"`
		Digits   int    `json:"digits"`
		NotAfter int64  `json:"not_after"`
		AskedAt  int64  `json:"asked_at"`
		Context  string `json:"context"`
	} `json:"requests"`
}

func (w *requestsWire) requests() ([]Request, error) {
	out := make([]Request, 0, len(w.Requests))
	for _, r := range w.Requests {
		// The identifier becomes part of a path.
		if countersign.CheckID(r.ID) != nil {
			return nil, fmt.Errorf("%w: a request's identifier", ErrAnswer)
		}
		if r.Digits != countersign.DigitsFamiliar && r.Digits != countersign.DigitsUnfamiliar {
			return nil, fmt.Errorf("%w: a number of %d digits", ErrAnswer, r.Digits)
		}
		request := Request{
			ID: r.ID, Nonce: r.Nonce, Client: r.Client, Digits: r.Digits, Record: r.Context,
			Asked: time.UnixMilli(r.AskedAt), NotAfter: time.UnixMilli(r.NotAfter),
		}
		if err := json.Unmarshal([]byte(r.Context), &request.Context); err != nil {
			return nil, fmt.Errorf("%w: a request's context", ErrAnswer)
		}
		out = append(out, request)
	}
	return out, nil
}

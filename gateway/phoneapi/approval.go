package phoneapi

import (
	"errors"
	"net/http"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/core/statement"
	"github.com/countersign-id/countersign/gateway"
)

type requestShown struct {
	ID       string `json:"id"`
	Nonce    string `json:"nonce"`
	Client   string `json:"client"`
	Digits   int    `json:"digits"`
	NotAfter int64  `json:"not_after"`
	AskedAt  int64  `json:"asked_at"`
	Context  string `json:"context"`
}

type requestsShown struct {
	Requests []requestShown `json:"requests"`
}

// waiting is the list of docs/spec/approval.md. The number is not in it, and
// no type here has a field for it.
func (a *API) waiting(r *http.Request, accountID string) (requestsShown, error) {
	pending, err := a.Approvals.Waiting(r.Context(), accountID)
	if err != nil {
		return requestsShown{}, err
	}
	out := requestsShown{Requests: make([]requestShown, 0, len(pending))}
	for _, p := range pending {
		out.Requests = append(out.Requests, requestShown{ID: p.ID, Nonce: p.Nonce, Client: p.ClientID, Digits: len(p.Number),
			NotAfter: p.NotAfter.UnixMilli(), AskedAt: p.Asked.UnixMilli(), Context: p.Context})
	}
	return out, nil
}

func (a *API) requests(w http.ResponseWriter, r *http.Request, d countersign.Device) {
	out, err := a.waiting(r, d.AccountID)
	if err != nil {
		a.refuse(w, err)
		return
	}
	gateway.WriteJSON(w, http.StatusOK, out)
}

func (a *API) decide(w http.ResponseWriter, r *http.Request) {
	body, err := gateway.ReadBody(r)
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	var sent struct {
		Device    string `json:"device"`
		Decision  string `json:"decision"`
		Number    string `json:"number"`
		Signature string `json:"signature"`
	}
	if err := gateway.ParseStrict(body, &sent); err != nil {
		a.refuseCall(w, err)
		return
	}
	signature, err := statement.ParseBytes(sent.Signature)
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	decided, err := a.Approvals.Decide(r.Context(), approval.Answer{
		Request: r.PathValue("id"), Device: sent.Device, Decision: countersign.Decision(sent.Decision), Number: sent.Number,
		Signature: signature, Address: a.Peers.Address(r),
	})
	switch {
	case errors.Is(err, countersign.ErrWrong):
		gateway.WriteProblem(w, gateway.Problem{Status: 409, Code: "number-wrong", Title: "That is not the number on the screen",
			Detail: wrongDetail(decided.TriesLeft), Members: map[string]any{"tries_left": decided.TriesLeft}})
	case errors.Is(err, countersign.ErrOver):
		gateway.WriteProblem(w, gateway.Problem{Status: 409, Code: "request-over", Title: "This request is over",
			Detail: "It was decided, it expired, or it ended before. Nothing was changed.", Members: map[string]any{"state": decided.State}})
	case err != nil:
		a.refuseCall(w, err)
	default:
		gateway.WriteJSON(w, http.StatusOK, map[string]any{"state": decided.State})
	}
}

func wrongDetail(left int) string {
	switch left {
	case 0:
		return "That was the third wrong number: every waiting request of this account has ended, and approvals pause for a while."
	case 1:
		return "Look again; one try is left."
	}
	return "Look again; two tries are left."
}

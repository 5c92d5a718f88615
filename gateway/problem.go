package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Problem is what a refused caller gets (RFC 9457): a stable code, what
// happened, and what to do next. It never holds an internal error's text.
type Problem struct {
	Status  int
	Code    string
	Title   string
	Detail  string
	Members map[string]any // further members, named in the specification of the code
	Retry   time.Duration  // Retry-After, when not zero
}

// WriteProblem answers with a problem.
func WriteProblem(w http.ResponseWriter, p Problem) {
	body := map[string]any{"type": "about:blank#" + p.Code, "title": p.Title, "status": p.Status, "detail": p.Detail, "code": p.Code}
	maps.Copy(body, p.Members)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(1, p.Retry.Seconds()))))
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(body)
}

// WriteJSON answers with a value that nobody may keep.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		WriteProblem(w, ProblemOf(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// ProblemOf translates the sentinels of floor 0 for callers that are programs;
// web has people's words for the same. What it does not know is said to be the
// server's own trouble, and nothing more.
func ProblemOf(err error) Problem {
	for _, known := range problems {
		if errors.Is(err, known.err) {
			return known.problem
		}
	}
	return Problem{Status: http.StatusInternalServerError, Code: "internal", Title: "The server met a defect of its own",
		Detail: "Nothing was changed. The operator finds the cause in the server's log."}
}

var problems = []struct {
	err     error
	problem Problem
}{
	{countersign.ErrUnavailable, Problem{Status: 503, Code: "unavailable", Title: "The server cannot reach its store", Detail: "Nothing was changed. Try again in a moment.", Retry: 2 * time.Second}},
	{context.Canceled, Problem{Status: 503, Code: "unavailable", Title: "The request was broken off", Detail: "Try again in a moment.", Retry: time.Second}},
	{context.DeadlineExceeded, Problem{Status: 503, Code: "unavailable", Title: "The server took too long", Detail: "Try again in a moment.", Retry: 2 * time.Second}},
	{countersign.ErrMalformed, Problem{Status: 400, Code: "bad-request", Title: "The request is malformed", Detail: "See the specification of this call."}},
	{countersign.ErrSignature, Problem{Status: 401, Code: "signature-refused", Title: "The signature does not fit", Detail: "Nothing was counted. Sign with the key that was enrolled."}},
	{countersign.ErrPending, Problem{Status: 403, Code: "device-pending", Title: "This device is not confirmed yet", Detail: "Type the six digits that it shows into the page where you are adding it."}},
	{countersign.ErrLocked, Problem{Status: 403, Code: "account-locked", Title: "This account is locked", Detail: "Its operator has locked it. Ask your helpdesk."}},
	{countersign.ErrThrottled, Problem{Status: 429, Code: "slow-down", Title: "Too many attempts", Detail: "Approvals are paused for this account for a while. Use another way of signing in.", Retry: time.Minute}},
	{countersign.ErrNotFound, Problem{Status: 404, Code: "not-found", Title: "There is nothing here", Detail: "It does not exist, or it is not yours."}},
	{countersign.ErrOver, Problem{Status: 409, Code: "request-over", Title: "This is over", Detail: "It was decided, it expired, or it ended before."}},
}

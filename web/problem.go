package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/passcode"
	"github.com/countersign-id/countersign/gateway"
)

// trouble is a problem as a person meets it: what happened, what it means and
// what to do, under a code that stays the same in every language.
type trouble struct {
	status int
	code   string // its words are trouble.<code> and trouble.<code>.what
	link   string // the next step; "" where there is none to offer
	label  string
	retry  time.Duration
}

var (
	troubleCrossSite  = trouble{status: http.StatusForbidden, code: "cross-site", link: "/", label: "trouble.front"}
	troubleNoSignIn   = trouble{status: http.StatusNotFound, code: "no-sign-in", link: "/signin", label: "trouble.again"}
	troubleSignInOver = trouble{status: http.StatusGone, code: "sign-in-over", link: "/signin", label: "trouble.again"}
	troubleNotFound   = trouble{status: http.StatusNotFound, code: "not-found", link: "/", label: "trouble.front"}
	troubleSetupDone  = trouble{status: http.StatusNotFound, code: "setup-done", link: "/", label: "trouble.front"}
	troubleTooOften   = trouble{status: http.StatusTooManyRequests, code: "slow-down"}
	troubleInternal   = trouble{status: http.StatusInternalServerError, code: "internal", link: "/", label: "trouble.front"}
)

// troubles translates the sentinels. Nothing of an error's own text reaches a
// page (check K1).
var troubles = []struct {
	err error
	trouble
}{
	{countersign.ErrUnavailable, trouble{status: http.StatusServiceUnavailable, code: "unavailable", retry: 2 * time.Second}},
	{context.Canceled, trouble{status: http.StatusServiceUnavailable, code: "unavailable", retry: time.Second}},
	{context.DeadlineExceeded, trouble{status: http.StatusServiceUnavailable, code: "unavailable", retry: 2 * time.Second}},
	{errNoClient, trouble{status: http.StatusBadRequest, code: "no-client"}},
	{countersign.ErrMalformed, trouble{status: http.StatusBadRequest, code: "bad-request", link: "/", label: "trouble.front"}},
	{countersign.ErrThrottled, troubleTooOften},
	{countersign.ErrNotFound, troubleNotFound},
	{countersign.ErrForeign, troubleNoSignIn},
	{countersign.ErrExpired, troubleSignInOver},
	{countersign.ErrOver, troubleSignInOver},
	{countersign.ErrLocked, troubleSignInOver},
	{passcode.ErrTooMany, trouble{status: http.StatusConflict, code: "passcodes-full", link: securityPath, label: "trouble.security"}},
}

// refuse answers an error with its trouble; what it does not know is said to be
// the server's own, and goes to the operator.
func (s *Web) refuse(w http.ResponseWriter, r *http.Request, err error) {
	for _, known := range troubles {
		if !errors.Is(err, known.err) {
			continue
		}
		if known.code == "unavailable" {
			s.unexpected(r, err)
		}
		s.trouble(w, r, known.trouble)
		return
	}
	s.unexpected(r, err)
	s.trouble(w, r, troubleInternal)
}

// unexpected tells the operator, unless the browser merely went away.
func (s *Web) unexpected(r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.Unexpected(err)
	}
}

// told is a trouble in words.
type told struct {
	Code  string
	What  string
	Link  string
	Label string
}

func (s *Web) trouble(w http.ResponseWriter, r *http.Request, t trouble) {
	if t.retry > 0 {
		// RFC 9110 §10.2.3: whole seconds.
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(t.retry.Seconds()))))
	}
	body := told{Code: t.code, What: say("trouble." + t.code + ".what"), Link: t.link}
	if t.label != "" {
		body.Label = say(t.label)
	}
	s.page(w, r, t.status, "problem", view{Title: say("trouble." + t.code), Body: body})
}

// Refuse is the page for a problem that another room met while a person was
// looking; its words are that room's.
func (s *Web) Refuse(w http.ResponseWriter, r *http.Request, p gateway.Problem) {
	protect(w.Header())
	if p.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(p.Retry.Seconds()))))
	}
	s.page(w, r, p.Status, "problem", view{Title: p.Title, Body: told{Code: p.Code, What: p.Detail}})
}

// NotFound is the page for an address that the table does not have.
func (s *Web) NotFound(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	s.trouble(w, r, troubleNotFound)
}

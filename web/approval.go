package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/signin"
)

// number is what the page of a waiting approval shows.
type number struct {
	Digits   string // as typed: "492031"
	Request  string
	State    countersign.ApprovalState // "" when nothing was asked yet
	Waiting  bool
	Left     time.Duration
	Life     time.Duration
	NotAfter time.Time
	Phones   []countersign.Device // told in a personal plan only
	Misses   bool                 // approvals paused: it ended by wrong numbers
}

// Grouped is the number as people read it.
func (n number) Grouped() string {
	if len(n.Digits) != countersign.DigitsUnfamiliar {
		return n.Digits
	}
	return n.Digits[:3] + "\u202f" + n.Digits[3:] // a narrow space that does not break
}

// Spoken is the number digit by digit, for screen readers.
func (n number) Spoken() string { return strings.Join(strings.Split(n.Digits, ""), " ") }

// number reads the approval that belongs to this sign-in. Its caller has shown
// the sign-in's secret: the number is for that browser's screen alone.
func (s *Web) number(r *http.Request, t trying, plan signin.Plan) (*number, error) {
	n, err := s.asked(r, t.SignIn)
	if err != nil || !plan.Personal {
		return n, err
	}
	devices, err := s.Store.Devices(r.Context(), t.AccountID)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if d.State == countersign.DeviceActive {
			n.Phones = append(n.Phones, d)
		}
	}
	n.Misses = n.State == countersign.ApprovalEnded && !plan.PausedUntil.IsZero()
	return n, nil
}

func (s *Web) asked(r *http.Request, attempt countersign.SignIn) (*number, error) {
	if attempt.ApprovalID == "" {
		return &number{}, nil
	}
	a, err := s.Approval.State(r.Context(), attempt.ApprovalID)
	if errors.Is(err, countersign.ErrNotFound) {
		return &number{}, nil
	}
	if err != nil {
		return nil, err
	}
	if a.SignInID != attempt.ID {
		return &number{}, nil
	}
	now := s.Now()
	n := &number{Digits: a.Number, Request: a.ID, State: toldState(a, signin.Personal(attempt), now), NotAfter: a.NotAfter, Left: max(0, a.NotAfter.Sub(now)), Life: a.NotAfter.Sub(a.Asked)}
	n.Waiting = n.State == countersign.ApprovalPending
	return n, nil
}

// toldState is what a page may say of a request. To a stranger a refusal looks
// like silence: a person's answer would show that there is a person (check B9).
func toldState(a countersign.Approval, personal bool, now time.Time) countersign.ApprovalState {
	if personal {
		return a.At(now)
	}
	if now.Before(a.NotAfter) {
		return countersign.ApprovalPending
	}
	return countersign.ApprovalExpired
}

// seen stands for what a page shows: when it changes, the page is told to
// look again. It carries nothing that the page does not.
func (s *Web) seen(attempt countersign.SignIn, n *number) string {
	e := attempt.Evidence
	h := sha256.New()
	for _, part := range []string{n.Request, string(n.State), e.Password.String(), e.Approval.String(), e.Passcode.String()} {
		h.Write([]byte(part + "\n"))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

// signInLive tells the page of a sign-in when to look again: the approval was
// decided, its time is over, or evidence came by another way.
func (s *Web) signInLive(w http.ResponseWriter, r *http.Request, t trying) {
	given, err := readQuery(r, "seen")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	topics := []countersign.Topic{countersign.SignInTopic(t.ID)}
	if t.AccountID != "" {
		topics = append(topics, countersign.AccountTopic(t.AccountID))
	}
	s.listen(w, r, topics, t.Expires, func() (moved bool, wake time.Time, err error) {
		now, err := s.SignIn.Attempt(r.Context(), t.ID, t.secret)
		if errors.Is(err, countersign.ErrOver) || errors.Is(err, countersign.ErrExpired) {
			return true, time.Time{}, nil
		}
		if err != nil {
			return false, time.Time{}, err
		}
		n, err := s.asked(r, now)
		if err != nil {
			return false, time.Time{}, err
		}
		return s.seen(now, n) != given["seen"], n.NotAfter, nil
	})
}

package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/ceremony/enrolment"
)

// bindingShown is the page on which a phone is added.
type bindingShown struct {
	countersign.Binding
	Open    bool
	Claimed bool
	Done    bool
	Code    string // grouped; "" in a browser that does not hold it
	Address string // of the app, as people type it
	Link    string // what the QR holds
	QR      *qrCode
	Phone   string
	Test    *number
}

// mostTests is how far back the newest test is looked for.
const mostTests = 20

func bindingPath(id string) string { return "/security/bindings/" + id }

// openBinding makes a binding code. The code goes to this browser alone, in a
// cookie, so that the page can be shown again; the server keeps its hash.
func (s *Web) openBinding(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if !s.paced(w, r) {
		return
	}
	b, code, err := s.Enrolment.Open(r.Context(), v.account.ID, s.asker(r, v))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	setCookie(w, bindingCookie, b.ID+"."+code, countersign.BindingLife)
	http.Redirect(w, r, bindingPath(b.ID), http.StatusSeeOther)
}

// heldCode is the binding code that this browser holds for a binding.
func heldCode(r *http.Request, bindingID string) string {
	id, code, ok := strings.Cut(cookie(r, bindingCookie), ".")
	if !ok || id != bindingID {
		return ""
	}
	canonical, err := enrolment.CanonicalCode(code)
	if err != nil {
		return ""
	}
	return canonical
}

func (s *Web) binding(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	b, err := s.Enrolment.Binding(r.Context(), r.PathValue("id"), v.session.Key)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	shown := bindingShown{Binding: b, Open: b.State == countersign.BindingOpen, Claimed: b.State == countersign.BindingClaimed, Done: b.State == countersign.BindingDone, Address: s.Issuer + "/app"}
	if shown.Test, err = s.test(r, b); err != nil {
		s.refuse(w, r, err)
		return
	}
	if shown.Phone, err = s.phoneName(r, b); err != nil {
		s.refuse(w, r, err)
		return
	}
	if code := heldCode(r, b.ID); shown.Open && code != "" {
		shown.Code, shown.Link = enrolment.Grouped(code), s.Enrolment.Address(code)
		if shown.QR, err = drawQR(shown.Link); err != nil {
			s.refuse(w, r, err)
			return
		}
	}
	view := view{Title: bindingTitle(shown), Said: said(given["said"]), Visitor: &v, Body: shown}
	if shown.Open || shown.Claimed || shown.Test.Waiting {
		view.Live = bindingPath(b.ID) + "/live?seen=" + seenBinding(b, shown.Test)
	}
	// A page from which or into which somebody types is not refreshed under
	// their fingers.
	if shown.Test.Waiting {
		view.Refresh = refreshSeconds
	}
	s.page(w, r, http.StatusOK, "binding", view)
}

func bindingTitle(b bindingShown) string {
	switch {
	case b.Open:
		return say("binding.open")
	case b.Claimed:
		return say("binding.claimed")
	case b.Done && b.Test.State == countersign.ApprovalApproved:
		return say("binding.ready", b.Phone)
	case b.Done:
		return say("binding.test")
	}
	return say("binding.dead")
}

// test is the newest test approval since the binding was made.
func (s *Web) test(r *http.Request, b countersign.Binding) (*number, error) {
	if b.State != countersign.BindingDone {
		return &number{}, nil
	}
	recent, err := s.Store.RecentApprovals(r.Context(), b.AccountID, mostTests)
	if err != nil {
		return nil, err
	}
	var newest countersign.Approval
	for _, a := range recent {
		if a.Purpose == countersign.PurposeTest && !a.Asked.Before(b.Created) && a.Asked.After(newest.Asked) {
			newest = a
		}
	}
	if newest.ID == "" {
		return &number{}, nil
	}
	now := s.Now()
	state := newest.At(now)
	return &number{Digits: newest.Number, Request: newest.ID, State: state, Waiting: state == countersign.ApprovalPending,
		NotAfter: newest.NotAfter, Left: max(0, newest.NotAfter.Sub(now)), Life: newest.NotAfter.Sub(newest.Asked)}, nil
}

func (s *Web) phoneName(r *http.Request, b countersign.Binding) (string, error) {
	if b.DeviceID == "" {
		return "", nil
	}
	devices, err := s.Store.Devices(r.Context(), b.AccountID)
	if err != nil {
		return "", err
	}
	for _, d := range devices {
		if d.ID == b.DeviceID {
			return d.Name, nil
		}
	}
	return "", nil
}

func seenBinding(b countersign.Binding, test *number) string {
	sum := sha256.Sum256([]byte(string(b.State) + "\n" + test.Request + "\n" + string(test.State)))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (s *Web) bindingLive(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "seen")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	b, err := s.Enrolment.Binding(r.Context(), r.PathValue("id"), v.session.Key)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	topics := []countersign.Topic{countersign.BindingTopic(b.ID), countersign.AccountTopic(b.AccountID)}
	// The test may begin as late as the binding ends.
	until := b.Expires.Add(countersign.BindingLife)
	s.listen(w, r, topics, until, func() (moved bool, wake time.Time, err error) {
		now, err := s.Enrolment.Binding(r.Context(), b.ID, v.session.Key)
		if err != nil {
			return false, time.Time{}, err
		}
		test, err := s.test(r, now)
		if err != nil {
			return false, time.Time{}, err
		}
		wake = now.Expires
		if test.Waiting {
			wake = test.NotAfter
		}
		return seenBinding(now, test) != given["seen"], wake, nil
	})
}

// confirmBinding takes the safety code, and asks for the test approval at once
// when it is right.
func (s *Web) confirmBinding(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readForm(r, "safety")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	id := r.PathValue("id")
	_, left, err := s.Enrolment.Confirm(r.Context(), id, given["safety"], s.asker(r, v))
	switch {
	case errors.Is(err, countersign.ErrMalformed):
		http.Redirect(w, r, bindingPath(id)+"?said=safety-bad", http.StatusSeeOther)
	case errors.Is(err, countersign.ErrWrong) && left == 1:
		http.Redirect(w, r, bindingPath(id)+"?said=safety-last", http.StatusSeeOther)
	case errors.Is(err, countersign.ErrWrong):
		http.Redirect(w, r, bindingPath(id)+"?said=safety-wrong", http.StatusSeeOther)
	case errors.Is(err, countersign.ErrOver):
		http.Redirect(w, r, bindingPath(id), http.StatusSeeOther) // the page says that it is dead
	case err != nil:
		s.refuse(w, r, err)
	default:
		dropCookie(w, bindingCookie)
		s.askTest(w, r, v, id)
	}
}

func (s *Web) testBinding(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	b, err := s.Enrolment.Binding(r.Context(), r.PathValue("id"), v.session.Key)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if b.State != countersign.BindingDone {
		http.Redirect(w, r, bindingPath(b.ID), http.StatusSeeOther)
		return
	}
	if !s.paced(w, r) {
		return
	}
	s.askTest(w, r, v, b.ID)
}

func (s *Web) askTest(w http.ResponseWriter, r *http.Request, v visitor, bindingID string) {
	address := s.Peers.Address(r)
	about := approval.Context{Client: s.ServerName, Host: s.host, Place: s.Place(address)}
	if _, err := s.Approval.Test(r.Context(), v.account, address, r.UserAgent(), about); err != nil {
		s.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, bindingPath(bindingID), http.StatusSeeOther)
}

func (s *Web) cancelBinding(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if err := s.Enrolment.Cancel(r.Context(), r.PathValue("id"), s.asker(r, v)); err != nil {
		s.refuse(w, r, err)
		return
	}
	dropCookie(w, bindingCookie)
	toSecurity(w, r, "binding-cancelled")
}

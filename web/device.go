package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/enrolment"
)

// asker is who changes something about a phone.
func (s *Web) asker(r *http.Request, v visitor) enrolment.Asker {
	return enrolment.Asker{Session: v.session.Key, Actor: v.actor(), Address: s.Peers.Address(r)}
}

// deviceShown is the page of one phone.
type deviceShown struct {
	countersign.Device
	Last string // what removing it would mean
}

func (s *Web) device(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	has, err := s.seconds(r, v.account.ID)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	for _, d := range has.phones {
		if d.ID != r.PathValue("id") {
			continue
		}
		shown := deviceShown{Device: d, Last: say("phone.remove.others")}
		if has.count() == 1 {
			shown.Last = say("phone.remove.last")
		}
		s.page(w, r, http.StatusOK, "phone", view{Title: d.Name, Said: said(given["said"]), Visitor: &v, Body: shown})
		return
	}
	s.trouble(w, r, troubleNotFound)
}

func (s *Web) renameDevice(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readForm(r, "name")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	id := r.PathValue("id")
	if !s.ownPhone(w, r, v, id) {
		return
	}
	err = s.Enrolment.Rename(r.Context(), v.account.ID, id, strings.TrimSpace(given["name"]), s.asker(r, v))
	switch {
	case errors.Is(err, countersign.ErrMalformed):
		http.Redirect(w, r, "/security/phones/"+url.PathEscape(id)+"?said=phone-name-bad", http.StatusSeeOther)
	case err != nil:
		s.refuse(w, r, err)
	default:
		toSecurity(w, r, "phone-renamed")
	}
}

func (s *Web) removeDevice(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	id := r.PathValue("id")
	if !s.ownPhone(w, r, v, id) {
		return
	}
	if err := s.Enrolment.Revoke(r.Context(), v.account.ID, id, s.asker(r, v)); err != nil {
		s.refuse(w, r, err)
		return
	}
	toSecurity(w, r, "phone-removed")
}

// ownPhone answers 404 for a phone that is not an active one of the visitor's.
func (s *Web) ownPhone(w http.ResponseWriter, r *http.Request, v visitor, id string) bool {
	has, err := s.seconds(r, v.account.ID)
	if err != nil {
		s.refuse(w, r, err)
		return false
	}
	for _, d := range has.phones {
		if d.ID == id {
			return true
		}
	}
	s.trouble(w, r, troubleNotFound)
	return false
}

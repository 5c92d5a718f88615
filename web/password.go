package web

import (
	"errors"
	"net/http"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/password"
)

func (s *Web) passwordForm(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "newpassword", view{Title: say("newpassword.title"), Said: said(given["said"]), Visitor: &v, Body: v.account.Name})
}

// setPassword gives the visitor a new password; every other browser of the
// account is signed out by it (check G3).
func (s *Web) setPassword(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readForm(r, "new", "again")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	chosen, again := countersign.NewSecret([]byte(given["new"])), countersign.NewSecret([]byte(given["again"]))
	if !chosen.Equal(again) {
		http.Redirect(w, r, "/security/password?said=password-differs", http.StatusSeeOther)
		return
	}
	if !s.paced(w, r) {
		return
	}
	err = s.Password.Set(r.Context(), v.account.ID, v.session.Key, v.actor(), s.Peers.Address(r), chosen)
	if word := passwordRefused(err); word != "" {
		http.Redirect(w, r, "/security/password?said="+word, http.StatusSeeOther)
		return
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	toSecurity(w, r, "password-changed")
}

// passwordRefused is the remark for a password that cannot be chosen, or "".
func passwordRefused(err error) string {
	switch {
	case errors.Is(err, password.ErrTooShort):
		return "password-short"
	case errors.Is(err, password.ErrTooLong):
		return "password-long"
	}
	return ""
}

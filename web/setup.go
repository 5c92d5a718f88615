package web

import (
	"errors"
	"net/http"
	"net/url"

	countersign "github.com/countersign-id/countersign"
)

// setup shows the form of the first run. What makes the owner is the code from
// the server's own console, not having come first (check M3).
func (s *Web) setup(w http.ResponseWriter, r *http.Request) {
	given, err := readQuery(r, "said", "name")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	accounts, err := s.Store.CountAccounts(r.Context())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if accounts > 0 {
		s.trouble(w, r, troubleSetupDone)
		return
	}
	s.page(w, r, http.StatusOK, "setup", view{Title: say("setup.title", s.ServerName), Said: said(given["said"]), Body: shownName(given["name"])})
}

func (s *Web) redeemSetup(w http.ResponseWriter, r *http.Request) {
	given, err := readForm(r, "code", "name", "new", "again")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if !s.paced(w, r) {
		return
	}
	again := func(word string) {
		http.Redirect(w, r, "/setup?said="+word+"&name="+url.QueryEscape(shownName(given["name"])), http.StatusSeeOther)
	}
	chosen := countersign.NewSecret([]byte(given["new"]))
	if !chosen.Equal(countersign.NewSecret([]byte(given["again"]))) {
		again("password-differs")
		return
	}
	owner, err := s.Admin.Setup(r.Context(), given["code"], given["name"], "", chosen, s.Peers.Address(r))
	if word := passwordRefused(err); word != "" {
		again(word)
		return
	}
	switch {
	case errors.Is(err, countersign.ErrWrong):
		again("setup-wrong")
	case errors.Is(err, countersign.ErrMalformed):
		again("name-bad")
	case errors.Is(err, countersign.ErrThrottled):
		again("setup-throttled")
	case errors.Is(err, countersign.ErrSpent):
		s.trouble(w, r, troubleSetupDone)
	case err != nil:
		s.refuse(w, r, err)
	default:
		http.Redirect(w, r, "/signin?said=setup-done&name="+url.QueryEscape(owner.Name), http.StatusSeeOther)
	}
}

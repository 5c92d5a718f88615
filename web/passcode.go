package web

import (
	"encoding/base32"
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
)

// mostPasscodeName is as many characters as a list shows.
const mostPasscodeName = 64

// ungrouped drops what people type between the digits of a code.
func ungrouped(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u202f' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
}

// passcodeShown is the page on which an app that shows codes is added.
type passcodeShown struct {
	countersign.Passcode
	QR   *qrCode
	Key  string // grouped, to type
	Link string
	Last string // what removing it would mean
}

func passcodePath(id string) string { return "/security/passcodes/" + id }

func (s *Web) beginPasscode(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readForm(r, "name")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	p, err := s.Passcode.Begin(r.Context(), v.account.ID, passcodeName(given["name"]), v.actor(), s.Peers.Address(r))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, passcodePath(p.ID), http.StatusSeeOther)
}

// passcodeName is what was typed, or a plain name where that cannot be shown.
func passcodeName(typed string) string {
	typed = strings.TrimSpace(typed)
	hidden := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if typed == "" || utf8.RuneCountInString(typed) > mostPasscodeName || strings.ContainsFunc(typed, hidden) {
		return say("app.name")
	}
	return typed
}

// ownPasscode finds one of the visitor's authenticators.
func (s *Web) ownPasscode(r *http.Request, v visitor) (countersign.Passcode, error) {
	all, err := s.Store.Passcodes(r.Context(), v.account.ID)
	if err != nil {
		return countersign.Passcode{}, err
	}
	for _, p := range all {
		if p.ID == r.PathValue("id") {
			return p, nil
		}
	}
	return countersign.Passcode{}, countersign.ErrNotFound
}

// passcodePage shows the key of an authenticator that is not active yet; that
// of an active one is shown to nobody again.
func (s *Web) passcodePage(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	p, err := s.ownPasscode(r, v)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	shown := passcodeShown{Passcode: p}
	if p.Active {
		has, err := s.seconds(r, v.account.ID)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		shown.Last = say("app.remove.others")
		if has.count() == 1 {
			shown.Last = say("app.remove.last")
		}
		s.page(w, r, http.StatusOK, "app", view{Title: p.Name, Said: said(given["said"]), Visitor: &v, Body: shown})
		return
	}
	if shown.Link, err = otpauth.Marshal(s.entry(p, v.account)); err != nil {
		s.refuse(w, r, err)
		return
	}
	if shown.QR, err = drawQR(shown.Link); err != nil {
		s.refuse(w, r, err)
		return
	}
	shown.Key = grouped(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(p.Secret.Reveal()))
	s.page(w, r, http.StatusOK, "app", view{Title: say("app.add"), Said: said(given["said"]), Visitor: &v, Body: shown})
}

// entry is the authenticator as the app will keep it.
func (s *Web) entry(p countersign.Passcode, account countersign.Account) countersign.Entry {
	return countersign.Entry{ID: p.ID, Type: countersign.TOTP, Issuer: s.ServerName, Label: account.Name, Secret: p.Secret,
		Algorithm: p.Algorithm, Digits: p.Digits, Period: p.Period, Created: p.Created}
}

// grouped puts a space after every four characters.
func grouped(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *Web) confirmPasscode(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readForm(r, "code")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	id := r.PathValue("id")
	err = s.Passcode.Finish(r.Context(), v.account.ID, id, ungrouped(given["code"]), v.actor(), s.Peers.Address(r))
	switch {
	case errors.Is(err, countersign.ErrWrong), errors.Is(err, countersign.ErrSpent):
		http.Redirect(w, r, passcodePath(id)+"?said=code-wrong", http.StatusSeeOther)
	case err != nil:
		s.refuse(w, r, err)
	default:
		toSecurity(w, r, "passcode-added")
	}
}

func (s *Web) removePasscode(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if err := s.Passcode.Remove(r.Context(), v.account.ID, r.PathValue("id"), v.actor(), s.Peers.Address(r)); err != nil {
		s.refuse(w, r, err)
		return
	}
	toSecurity(w, r, "passcode-removed")
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/gateway"
)

// mostForm caps a form; the largest honest one carries a return address.
const mostForm = 16 << 10

// guarded is what every route has in common: the headers, and for what changes
// something, the refusal of other sites' forms.
func (s *Web) guarded(pattern string, caller gateway.Caller, next http.HandlerFunc) gateway.Route {
	method, path, _ := strings.Cut(pattern, " ")
	return gateway.Route{Method: method, Path: path, Caller: caller, Serve: func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		// SameSite=Lax already keeps cookies from other sites' forms; this
		// also refuses sign-in forms, which need no cookie (check C5).
		if s.cross.Check(r) != nil {
			s.trouble(w, r, troubleCrossSite)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		next(w, r)
	}}
}

// protect sets what a browser must hold to on our behalf. form-action stays
// our own: the way on to a relying party is never the redirect of a form
// (arrive).
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
}

// open answers without asking who calls.
func (s *Web) open(pattern string, caller gateway.Caller, next http.HandlerFunc) gateway.Route {
	return s.guarded(pattern, caller, next)
}

// trying is a sign-in together with the secret that its browser showed.
type trying struct {
	countersign.SignIn
	secret string
}

// attempt answers the browser that began the sign-in, by its secret; to all
// others there is no such sign-in (check B11).
func (s *Web) attempt(pattern string, next func(http.ResponseWriter, *http.Request, trying)) gateway.Route {
	return s.guarded(pattern, gateway.Browser, func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		secret := cookie(r, attemptCookie(id))
		found, err := s.SignIn.Attempt(r.Context(), id, secret)
		switch {
		case errors.Is(err, countersign.ErrOver) && found.State == countersign.SignInFinished:
			s.finishedBefore(w, r, found)
		case errors.Is(err, countersign.ErrOver), errors.Is(err, countersign.ErrExpired):
			s.signInOver(w, r, found)
		case errors.Is(err, countersign.ErrForeign), errors.Is(err, countersign.ErrNotFound):
			s.trouble(w, r, troubleNoSignIn)
		case err != nil:
			s.refuse(w, r, err)
		default:
			next(w, r, trying{found, secret})
		}
	})
}

// visitor is who is signed in.
type visitor struct {
	session countersign.Session
	account countersign.Account
}

// Name is shown at the top of the visitor's pages.
func (v visitor) Name() string { return v.account.Name }

// actor is how the audit log names the visitor.
func (v visitor) actor() string { return "account:" + v.account.ID }

// owned answers a signed-in person, and where the table says so only one who
// has proved themselves lately and fully (check E1).
func (s *Web) owned(pattern string, caller gateway.Caller, next func(http.ResponseWriter, *http.Request, visitor)) gateway.Route {
	return s.guarded(pattern, caller, func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visitor(r)
		if errors.Is(err, countersign.ErrNotFound) {
			s.toSignIn(w, r, "")
			return
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if caller != gateway.FreshOwner {
			next(w, r, v)
			return
		}
		err = s.fresh(r, v)
		switch {
		case errors.Is(err, countersign.ErrStale) && r.Method == http.MethodPost:
			s.toSignIn(w, r, v.account.Name)
		case errors.Is(err, countersign.ErrStale):
			s.page(w, r, http.StatusForbidden, "confirm", view{Title: say("confirm.title"), Visitor: &v, Body: startForm{Name: v.account.Name, Return: securityPath}})
		case err != nil:
			s.refuse(w, r, err)
		default:
			next(w, r, v)
		}
	})
}

// visitor finds the live session of a request, or ErrNotFound.
func (s *Web) visitor(r *http.Request) (visitor, error) {
	secret := cookie(r, sessionCookie)
	if secret == "" {
		return visitor{}, countersign.ErrNotFound
	}
	session, err := s.Store.Session(r.Context(), signin.SessionKey(secret))
	if err != nil {
		return visitor{}, err
	}
	now := s.Now()
	if !session.Live(now) {
		return visitor{}, countersign.ErrNotFound
	}
	account, err := s.Store.AccountByID(r.Context(), session.AccountID)
	if err != nil {
		return visitor{}, err
	}
	if account.State != countersign.AccountActive {
		return visitor{}, countersign.ErrNotFound
	}
	if err := s.Store.TouchSession(r.Context(), session.Key, now); err != nil {
		s.Unexpected(err) // "last active" is comfort: the page goes on
	}
	return visitor{session, account}, nil
}

// fresh is nil when the visitor may change how this account is signed in to:
// proved lately, and by two factors where the account has two. A session that
// proved less must not remove what it did not prove (check E1).
func (s *Web) fresh(r *http.Request, v visitor) error {
	if !v.session.IsFresh(s.Now()) {
		return countersign.ErrStale
	}
	if v.session.ACR == countersign.ACRTwoFactors {
		return nil
	}
	seconds, err := s.seconds(r, v.account.ID)
	if err != nil {
		return err
	}
	if seconds.count() > 0 {
		return countersign.ErrStale
	}
	return nil
}

// toSignIn sends a browser to prove who it is; nothing was changed.
func (s *Web) toSignIn(w http.ResponseWriter, r *http.Request, name string) {
	to := "/signin?return_to=" + url.QueryEscape(securityPath)
	if name != "" {
		to += "&name=" + url.QueryEscape(name)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// front is the bare address: security info for whoever is signed in.
func (s *Web) front(w http.ResponseWriter, r *http.Request, _ visitor) {
	http.Redirect(w, r, securityPath, http.StatusSeeOther)
}

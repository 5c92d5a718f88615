package web

import (
	"net/http"
	"slices"

	countersign "github.com/countersign-id/countersign"
)

// signOutAsk asks first: a link may lead here, and a link changes nothing.
func (s *Web) signOutAsk(w http.ResponseWriter, r *http.Request, v visitor) {
	s.page(w, r, http.StatusOK, "signout", view{Title: say("signout.title"), Visitor: &v})
}

func (s *Web) signOut(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if err := s.Store.EndSession(r.Context(), v.session.Key, s.event(r, v, "session.ended", v.session.Key)); err != nil {
		s.refuse(w, r, err)
		return
	}
	dropCookie(w, sessionCookie)
	http.Redirect(w, r, "/signin?said=signed-out", http.StatusSeeOther)
}

// endSession signs another browser of the same account out. It needs no fresh
// proof: whoever sees a stranger among the browsers should not be held up.
func (s *Web) endSession(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	key := r.PathValue("key")
	own, err := s.Store.Sessions(r.Context(), v.account.ID, s.Now())
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if !slices.ContainsFunc(own, func(o countersign.Session) bool { return o.Key == key }) {
		s.trouble(w, r, troubleNotFound)
		return
	}
	if err := s.Store.EndSession(r.Context(), key, s.event(r, v, "session.ended", key)); err != nil {
		s.refuse(w, r, err)
		return
	}
	if key == v.session.Key {
		dropCookie(w, sessionCookie)
		http.Redirect(w, r, "/signin?said=signed-out", http.StatusSeeOther)
		return
	}
	toSecurity(w, r, "session-ended")
}

// endSessions signs every other browser out.
func (s *Web) endSessions(w http.ResponseWriter, r *http.Request, v visitor) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if _, err := s.Store.EndSessions(r.Context(), v.account.ID, v.session.Key, s.event(r, v, "session.all-ended", v.account.ID)); err != nil {
		s.refuse(w, r, err)
		return
	}
	toSecurity(w, r, "sessions-ended")
}

func (s *Web) event(r *http.Request, v visitor, kind, subject string) countersign.Event {
	return countersign.Event{At: s.Now(), Kind: kind, AccountID: v.account.ID, Actor: v.actor(), Subject: subject, Address: s.Peers.Address(r)}
}

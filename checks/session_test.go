package checks

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
	"github.com/countersign-id/countersign/phone"
)

func TestG1CookiesAreForThisHostAloneAndChangeWithTheAssurance(t *testing.T) {
	s := start(t, proxied)
	a, weak, d := phoneFor(s, "mara")
	var set []*http.Cookie
	b := newBrowser(s)
	b.http.Jar = weak.http.Jar // the same browser, from here on looked at
	see := func(a answer) answer {
		set = append(set, (&http.Response{Header: a.header}).Cookies()...)
		return a
	}
	before := b.cookie(gateway.SessionCookie)
	begun := see(b.once("POST", "/signin", url.Values{"name": {"mara"}, "return_to": {""}, "client": {""}}))
	see(b.once("POST", begun.to()+"/password", url.Values{"password": {goodPassword}}))
	b.get(begun.to())
	if state, code := decide(d, waiting(t, d), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
		t.Fatalf("approving gave %q, %q", state, code)
	}
	see(b.once("POST", begun.to()+"/finish", url.Values{}))
	see(b.once("POST", "/security/phones", url.Values{}))
	after := b.cookie(gateway.SessionCookie)
	if before == "" || after == "" || before == after {
		t.Error("the session's id is the same after a second factor was proved")
	}
	thief := newBrowser(s)
	thief.plant(gateway.SessionCookie, before)
	if thief.signedIn() {
		t.Error("the id from before the second factor is still a session")
	}
	if n := s.sessions(a.ID); n != 1 {
		t.Errorf("%d sessions after proving oneself again; want one", n)
	}
	see(b.once("POST", "/signout", url.Values{}))
	names := make(map[string]bool)
	for _, c := range set {
		names[strings.TrimRight(c.Name, "abcdefghijklmnopqrstuvwxyz234567")] = true
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || (c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode) {
			t.Errorf("a cookie is set as %s", c.Raw)
		}
	}
	if len(set) < 5 {
		t.Errorf("only %d cookies were set: %v", len(set), names)
	}
	if gone := b.cookie(gateway.SessionCookie); gone != "" {
		t.Error("after signing out the browser still holds a session")
	}
	thief.plant(gateway.SessionCookie, after)
	if thief.signedIn() {
		t.Error("signing out left the session alive on the server")
	}
}

// settle waits until everything queued before it is in the store.
func (s *server) settle() {
	s.t.Helper()
	if err := s.Store.Release(context.Background(), "nobody", countersign.FactorPassword); err != nil {
		s.t.Fatal(err)
	}
}

func TestG2SessionsEndOnTheServer(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.account("mara")
		s.stopClock(s.now())
		signIn := func() *browser {
			b := newBrowser(s)
			b.begin("mara").password(goodPassword).finish()
			return b
		}
		idle, client, secret := signIn(), countersign.Client{}, ""
		client, secret = s.party("https://payroll.example.org/callback")
		s.advance(countersign.SessionIdle - time.Millisecond)
		if r := idle.once("GET", "/security/password", nil); r.status == http.StatusSeeOther {
			t.Error("a session ended before its idle time")
		}
		s.settle()
		s.advance(countersign.SessionIdle)
		if idle.signedIn() {
			t.Error("an idle session lives on")
		}
		if idle.get(newFlow(s, client, secret).address()); idle.where.Path != "/signin" {
			t.Errorf("an idle session went on to %s", idle.where)
		}
		busy := signIn()
		end := s.now().Add(countersign.SessionAbsolute)
		for s.now().Add(11 * time.Hour).Before(end) {
			s.advance(11 * time.Hour)
			if !busy.signedIn() {
				t.Fatalf("a busy session ended %v before its time", end.Sub(s.now()))
			}
			s.settle()
		}
		s.stopClock(end.Add(-time.Millisecond))
		if !busy.signedIn() {
			t.Error("a busy session ended before its time")
		}
		s.settle()
		s.stopClock(end)
		if busy.signedIn() {
			t.Error("a busy session outlived its absolute time")
		}
		// A clock that steps back throws nobody out.
		honest := signIn()
		s.advance(-time.Hour)
		if !honest.signedIn() {
			t.Error("a clock that stepped back ended a session")
		}
	})
}

// held is what one signed-in browser holds of an account.
type held struct {
	b      *browser
	f      *flow
	access string
	code   string // not redeemed yet
}

func holding(s *server, b *browser, client countersign.Client, secret string) held {
	s.t.Helper()
	h := held{b: b, f: newFlow(s, client, secret)}
	b.get(h.f.address())
	granted := h.f.exchange(b.where.Query().Get("code"), nil)
	if granted.status != http.StatusOK {
		s.t.Fatalf("redeeming gave %d %s", granted.status, granted.Error)
	}
	h.access = granted.Access
	b.get(h.f.address())
	h.code = b.where.Query().Get("code")
	return h
}

// dead fails where anything of what a browser held still counts.
func (h held) dead(t *testing.T, when string) {
	t.Helper()
	if h.b.signedIn() {
		t.Errorf("%s the session lives on", when)
	}
	if status := h.f.userinfo(h.access); status != http.StatusUnauthorized {
		t.Errorf("%s the access token is answered %d; want 401", when, status)
	}
	if got := h.f.exchange(h.code, nil); got.status != http.StatusBadRequest || got.Error != "invalid_grant" {
		t.Errorf("%s a code of the session is answered %d %s; want invalid_grant", when, got.status, got.Error)
	}
}

func TestG3WhatEndsSessionsEndsAllThatHangsOnThem(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		client, secret := s.party("https://payroll.example.org/callback")
		for name, end := range map[string]func(own *browser, a countersign.Account){
			"changes": func(own *browser, _ countersign.Account) {
				own.get("/security/password").submit("/security/password", map[string]string{"new": "another battery here", "again": "another battery here"})
			},
			"leaves": func(own *browser, _ countersign.Account) {
				own.get("/security").submit("/security/sessions/end-all", nil)
			},
			"locks": func(_ *browser, a countersign.Account) {
				if err := s.Admin.Lock(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
			},
			"deleted": func(_ *browser, a countersign.Account) {
				if err := s.Admin.Delete(t.Context(), a.ID); err != nil {
					t.Fatal(err)
				}
			},
		} {
			a := s.account(name)
			signIn := func() *browser {
				b := newBrowser(s)
				b.from = "192.0.2." + fmt.Sprint(len(name))
				b.begin(name).password(goodPassword).finish()
				return b
			}
			own, others := holding(s, signIn(), client, secret), holding(s, signIn(), client, secret)
			open := newBrowser(s).begin(name).password(goodPassword) // proved, not finished
			end(own.b, a)
			others.dead(t, "after the account "+name)
			if name == "locks" || name == "deleted" {
				own.dead(t, "after the account "+name)
			} else if !own.b.signedIn() || own.f.userinfo(own.access) != http.StatusOK {
				t.Errorf("after the account %s the browser that did it lost its own session", name)
			}
			open.once("POST", open.where.Path+"/finish", url.Values{})
			if name != "leaves" && open.signedIn() {
				t.Errorf("after the account %s a sign-in that was open before became a session", name)
			}
		}
	})
}

func TestB8ALockedAccountIsRefusedOnEveryWay(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		client, secret := s.party("https://payroll.example.org/callback")
		a, _, d := phoneFor(s, "mara")
		session := approved(s, "mara", d)
		codes := withPasscode(session)
		h := holding(s, session, client, secret)
		session.get("/security").submit("/security/phones", nil)
		binding := codeShown.FindStringSubmatch(session.shown)[1]
		page := asking(s, "mara")
		r, number := waiting(t, d), page.number()
		proved := newBrowser(s).begin("mara").password(goodPassword)
		connected, ended := make(chan bool), make(chan error, 1)
		go func() {
			told := 0
			ended <- d.Live(context.WithoutCancel(t.Context()), func(phone.Event) error {
				if told++; told == 2 {
					close(connected)
				}
				return nil
			})
		}()
		<-connected
		s.advance(30 * time.Second)
		if err := s.Admin.Lock(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		refused := func(way string, ok bool) {
			t.Helper()
			if !ok {
				t.Errorf("a locked account: %s went through", way)
			}
		}
		h.dead(t, "a locked account:")
		_, err := d.Requests(t.Context())
		refused("listing requests", phone.CodeOf(err) == phone.AccountLocked)
		_, err = d.Fetch(t.Context())
		refused("the device's own state", phone.CodeOf(err) == phone.AccountLocked)
		_, code := decide(d, r, countersign.Approve, number)
		refused("deciding", code == phone.AccountLocked || code == phone.RequestOver)
		_, err = enrol(s, binding, "New phone")
		refused("enrolling", err != nil)
		proved.once("POST", proved.where.Path+"/finish", url.Values{})
		refused("finishing", !proved.signedIn())
		b := newBrowser(s)
		refused("the password", b.begin("mara").password(goodPassword).where.Query().Get("said") == "password-wrong")
		refused("a passcode", newBrowser(s).begin("mara").passcode(codeAt(s, codes, 0)) == "passcode-wrong")
		asked := asking(s, "mara")
		refused("asking a phone, and looking otherwise", len(asked.number()) == countersign.DigitsUnfamiliar)
		if err := <-ended; err != nil {
			t.Errorf("the live channel ended with %v", err)
		}
		if pending, err := s.Store.PendingApprovals(t.Context(), a.ID, s.now()); err != nil || len(pending) != 0 {
			t.Errorf("%d requests wait for a locked account, %v", len(pending), err)
		}
		// What the lock ended stays so when it is lifted.
		if err := s.Admin.Unlock(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		h.dead(t, "after the lock:")
		_, code = decide(d, r, countersign.Approve, number)
		refused("deciding what was asked before the lock", code == phone.RequestOver)
		_, err = enrol(s, binding, "New phone")
		refused("enrolling by a code from before the lock", phone.CodeOf(err) == phone.CodeUnknown)
		proved.once("POST", proved.where.Path+"/finish", url.Values{})
		refused("finishing what was proved before the lock", !proved.signedIn())
		if !approved(s, "mara", d).signedIn() {
			t.Error("an unlocked account cannot sign in")
		}
	})
}

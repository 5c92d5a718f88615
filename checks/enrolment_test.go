package checks

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/phone"
)

// devices lists an account's phones but the removed ones.
func (s *server) devices(accountID string) []countersign.Device {
	s.t.Helper()
	all, err := s.Store.Devices(s.t.Context(), accountID)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// adding is a fresh browser on the page that shows a binding code.
func adding(s *server, name string) (*browser, string) {
	s.t.Helper()
	b := newBrowser(s)
	b.begin(name).password(goodPassword).finish()
	b.get("/security").submit("/security/phones", nil)
	m := codeShown.FindStringSubmatch(b.shown)
	if m == nil {
		s.t.Fatalf("%s shows no enrolment address:\n%s", b.where, b.shown)
	}
	return b, m[1]
}

func TestE2OneBindingCodeIsOnePhone(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.account("mara")
		b, code := adding(s, "mara")
		type try struct {
			e    *phone.Enrolled
			code phone.Code
		}
		tries := race(64, func(int) try {
			e, err := enrol(s, code, "Pixel 9")
			return try{e, phone.CodeOf(err)}
		})
		var won *phone.Enrolled
		for _, one := range tries {
			switch {
			case one.e != nil && won != nil:
				t.Error("a second phone was enrolled by one code")
			case one.e != nil:
				won = one.e
			case one.code != phone.CodeUnknown:
				t.Errorf("a late phone was told %q; want code-unknown", one.code)
			}
		}
		if won == nil || len(s.devices(a.ID)) != 1 || s.events(a.ID, "binding.claimed") != 1 {
			t.Fatalf("%d phones and %d claims after 64 tries; want one", len(s.devices(a.ID)), s.events(a.ID, "binding.claimed"))
		}
		if _, err := won.Device.Requests(t.Context()); phone.CodeOf(err) != phone.DevicePending {
			t.Errorf("a phone that nobody confirmed was answered %v; want device-pending", err)
		}
		// Another account's session, and a browser without one, confirm nothing.
		s.account("eve")
		eve := newBrowser(s)
		eve.begin("eve").password(goodPassword).finish()
		// Nor another session of the same account: it did not make the code.
		twin := newBrowser(s)
		twin.begin("mara").password(goodPassword).finish()
		for claim, thief := range map[string]*browser{"another account": eve, "another session": twin} {
			for _, step := range [][2]string{{"GET", ""}, {"GET", "/live"}, {"POST", "/confirm"}, {"POST", "/test"}, {"POST", "/cancel"}} {
				var fields url.Values
				if step[0] == "POST" {
					fields = url.Values{}
					if step[1] == "/confirm" {
						fields.Set("safety", won.Safety)
					}
				}
				if got := thief.once(step[0], b.where.Path+step[1], fields); got.status != http.StatusNotFound {
					t.Errorf("%s: %s %s was answered %d; want 404", claim, step[0], step[1], got.status)
				}
			}
		}
		b.get(b.where.Path).submit("/confirm", map[string]string{"safety": won.Safety})
		if d := s.devices(a.ID); len(d) != 1 || d[0].State != countersign.DeviceActive {
			t.Errorf("after the safety code the phones are %+v", d)
		}
		if _, err := enrol(s, code, "Pixel 9"); phone.CodeOf(err) != phone.CodeUnknown {
			t.Errorf("the code was used again: %v", err)
		}
	})
}

func TestE2ABindingCodeEnds(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.account("mara")
		b, code := adding(s, "mara")
		s.stopClock(s.now())
		made, err := s.Store.Binding(t.Context(), strings.TrimPrefix(b.where.Path, "/security/bindings/"))
		if err != nil {
			t.Fatal(err)
		}
		for claim, typed := range map[string]string{"no code": "", "another code": strings.Repeat("0", 26), "a code in lower case": strings.ToLower(code), "a cut code": code[:25]} {
			if _, err := enrol(s, typed, "Pixel 9"); err == nil {
				t.Errorf("%s enrolled a phone", claim)
			}
		}
		s.stopClock(made.Expires)
		if _, err := enrol(s, code, "Pixel 9"); phone.CodeOf(err) != phone.CodeUnknown {
			t.Errorf("at its end the code was answered %v; want code-unknown", err)
		}
		// The safety code must be typed in time, too.
		b, code = adding(s, "mara")
		e, err := enrol(s, code, "Pixel 9")
		if err != nil {
			t.Fatal(err)
		}
		s.advance(countersign.BindingLife)
		b.once("POST", b.where.Path+"/confirm", url.Values{"safety": {e.Safety}})
		if n := count(s.devices(a.ID), func(d countersign.Device) bool { return d.State == countersign.DeviceActive }); n != 0 {
			t.Error("a safety code typed too late added a phone")
		}
		// Three wrong safety codes kill the binding, the right one after them too.
		b, code = adding(s, "mara")
		if e, err = enrol(s, code, "Pixel 9"); err != nil {
			t.Fatal(err)
		}
		for range countersign.BindingTries {
			b.once("POST", b.where.Path+"/confirm", url.Values{"safety": {other(e.Safety)}})
		}
		b.once("POST", b.where.Path+"/confirm", url.Values{"safety": {e.Safety}})
		if _, err := e.Device.Fetch(t.Context()); phone.CodeOf(err) != phone.DeviceUnknown {
			t.Errorf("after three wrong safety codes the phone was answered %v; want device-unknown", err)
		}
		if n := s.events(a.ID, "device.added"); n != 0 {
			t.Errorf("%d phones were added", n)
		}
	})
}

func TestE4SpellingsOfANameAreOneAccount(t *testing.T) {
	s := start(t, proxied)
	s.account("alice")
	for _, typed := range []string{" alice", "alice ", "ALICE", "Alice", "ａｌｉｃｅ", "𝐚lice", "\talice"} {
		if _, err := s.Admin.CreateAccount(t.Context(), typed, "", countersign.Person, countersign.NewSecret([]byte(goodPassword))); err == nil {
			t.Errorf("%q is a second account", typed)
		}
		b := newBrowser(s)
		if b.begin(typed).password(goodPassword).finish(); !b.signedIn() {
			t.Errorf("%q did not sign alice in: %s", typed, b.where)
		}
	}
	for _, typed := range []string{"al\u200bice", "alice\u202e", "al ice", "alice\u0000", strings.Repeat("a", 10<<10), "", " "} {
		got := newBrowser(s).once("POST", "/signin", url.Values{"name": {typed}, "return_to": {""}, "client": {""}})
		if refused := got.status >= 400 || strings.Contains(got.to(), "said=name-bad"); !refused {
			t.Errorf("the name %.20q was answered %d %s; want a refusal", typed, got.status, got.to())
		}
	}
	if all, err := s.Admin.List(t.Context(), "", "", 100); err != nil || len(all) != 1 {
		t.Errorf("%d accounts, %v; want one", len(all), err)
	}
}

func TestE4RemovingAPhoneEndsWhatItWasDoing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		second := secondPhone(s, "mara", d)
		owner := approved(s, "mara", d)
		b := asking(s, "mara")
		r := waiting(t, second)
		kept := body(second.ID, countersign.Approve, b.number(), signed(t, second.Key, textOf(t, stated(second, r, countersign.Approve, b.number()))))
		connected, ended := make(chan bool), make(chan error, 1)
		go func() {
			first := true
			ended <- second.Live(context.WithoutCancel(t.Context()), func(phone.Event) error {
				if first {
					close(connected)
				}
				first = false
				return nil
			})
		}()
		<-connected
		owner.get("/security/phones/"+second.ID).submit("/remove", nil)
		if err := <-ended; err != nil {
			t.Errorf("the live channel of a removed phone ended with %v", err)
		}
		if state := s.state(r.ID); state != countersign.ApprovalEnded {
			t.Errorf("the request is %s after the phone was removed; want ended", state)
		}
		if got := s.post(r.ID, kept); got.status != 404 {
			t.Errorf("the removed phone's answer, on its way already, was answered %+v; want 404", got)
		}
		if _, err := second.Requests(t.Context()); phone.CodeOf(err) != phone.DeviceUnknown {
			t.Errorf("the removed phone was answered %v; want device-unknown", err)
		}
		if d := s.devices(a.ID); len(d) != 1 {
			t.Errorf("%d phones are left; want one", len(d))
		}
		if n := s.events(a.ID, "device.removed"); n != 1 {
			t.Errorf("the removal is audited %d times; want once", n)
		}
	})
}

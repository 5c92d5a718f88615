package checks

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign-id/countersign/gateway"
)

// sessions counts an account's live sessions.
func (s *server) sessions(accountID string) int {
	s.t.Helper()
	all, err := s.Store.Sessions(s.t.Context(), accountID, s.now())
	if err != nil {
		s.t.Fatal(err)
	}
	return len(all)
}

// plant puts a cookie into a browser, as an attacker with a foothold would.
func (b *browser) plant(name, value string) {
	b.http.Jar.SetCookies(b.s.at("/"), []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true}})
}

func TestB11AnAttemptBelongsToItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.account("mara")
		b := newBrowser(s)
		b.begin("mara").password(goodPassword)
		if !b.has("/finish") {
			t.Fatalf("the page does not go on:\n%s", b.shown)
		}
		at := "/signin/" + b.attempt()
		name := "__Host-signin-" + b.attempt()[:8]
		if b.cookie(name) == "" {
			t.Fatal("the browser holds no secret of its attempt")
		}
		none, wrong, others := newBrowser(s), newBrowser(s), newBrowser(s)
		wrong.plant(name, drawn())
		others.begin("mara").password(goodPassword)
		others.plant(name, others.cookie("__Host-signin-"+others.attempt()[:8]))
		for claim, thief := range map[string]*browser{"no secret": none, "a wrong secret": wrong, "another attempt's secret": others} {
			for _, step := range []struct {
				method, path string
				fields       url.Values
			}{
				{"GET", at, nil}, {"GET", at + "/live", nil}, {"POST", at + "/password", url.Values{"password": {goodPassword}}}, {"POST", at + "/passcode", url.Values{"code": {"000000"}}},
				{"POST", at + "/approval", url.Values{}}, {"POST", at + "/finish", url.Values{}}, {"POST", at + "/leave", url.Values{}},
			} {
				if got := thief.once(step.method, step.path, step.fields); got.status != http.StatusNotFound || strings.Contains(got.body, "mara") {
					t.Errorf("with %s, %s %s was answered %d; want 404 that names nobody", claim, step.method, step.path, got.status)
				}
			}
		}
		if n := s.sessions(a.ID); n != 0 {
			t.Errorf("%d sessions before the browser itself finished", n)
		}
		answers := race(64, func(int) answer { return b.once("POST", at+"/finish", url.Values{}) })
		if n := s.sessions(a.ID); n != 1 {
			t.Errorf("64 times finishing made %d sessions; want one", n)
		}
		made := count(answers, func(a answer) bool {
			return strings.Contains(strings.Join(a.header.Values("Set-Cookie"), ";"), gateway.SessionCookie+"=")
		})
		if made != 1 {
			t.Errorf("%d answers carry a session; want one", made)
		}
		if n := s.events(a.ID, "signin.finished"); n != 1 {
			t.Errorf("finishing is audited %d times; want once", n)
		}
		if !b.signedIn() {
			t.Error("the wrong secrets burned the attempt")
		}
	})
}

func TestC5APlantedSessionIsNotTheOneThatSignsIn(t *testing.T) {
	s := start(t, proxied)
	s.account("mara")
	s.account("eve")
	eve := newBrowser(s)
	eve.begin("eve").password(goodPassword).finish()
	for claim, planted := range map[string]string{"made up": drawn(), "the attacker's own": eve.cookie(gateway.SessionCookie)} {
		b := newBrowser(s)
		b.plant(gateway.SessionCookie, planted)
		b.plant("__Host-browser", drawn())
		b.begin("mara").password(goodPassword).finish()
		if !b.signedIn() || !strings.Contains(b.shown, "mara") {
			t.Fatalf("a planted session kept the person out: %s", b.where)
		}
		if b.cookie(gateway.SessionCookie) == planted {
			t.Errorf("the session cookie %s became the session", claim)
		}
		thief := newBrowser(s)
		thief.plant(gateway.SessionCookie, planted)
		if thief.signedIn() && strings.Contains(thief.shown, "mara") {
			t.Errorf("the session cookie %s shows the person's account", claim)
		}
	}
	// Two cookies of one name: somebody set one beside ours.
	b := newBrowser(s)
	b.begin("mara").password(goodPassword).finish()
	r, _ := http.NewRequest("GET", s.url("/security"), nil)
	r.Header.Set("Cookie", gateway.SessionCookie+"="+b.cookie(gateway.SessionCookie)+"; "+gateway.SessionCookie+"="+drawn())
	if got := s.send(r, &http.Client{}); got.status != http.StatusSeeOther {
		t.Errorf("two session cookies were answered %d; want to be sent to sign in", got.status)
	}
}

func TestC5NoFormOfAnotherSiteIsTaken(t *testing.T) {
	s := start(t, proxied)
	a := s.account("mara")
	b := newBrowser(s)
	b.begin("mara").password(goodPassword).finish()
	filled := map[string]url.Values{
		"/signin": {"name": {"mara"}, "return_to": {""}, "client": {""}}, "/security/password": {"new": {"eve's own password"}, "again": {"eve's own password"}},
		"/security/passcodes": {"name": {"Codes"}},
	}
	for _, route := range s.Routes {
		if route.Method != "POST" || route.Origins {
			continue
		}
		path := strings.NewReplacer("{id}", strings.Repeat("a", 26), "{key}", "k").Replace(route.Path)
		fields := filled[route.Path]
		if fields == nil {
			fields = url.Values{}
		}
		for claim, headers := range map[string][]string{
			"another site's form":       {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
			"a sister site's form":      {"Sec-Fetch-Site", "same-site", "Origin", "http://evil.localhost"},
			"an older browser's form":   {"Origin", "https://evil.example"},
			"a sandboxed frame's form":  {"Origin", "null"},
			"the same host, other port": {"Origin", "http://localhost:1"},
		} {
			if got := b.once("POST", path, fields, headers...); got.status != http.StatusForbidden || len(got.header.Values("Set-Cookie")) != 0 {
				t.Errorf("POST %s, %s, was answered %d; want 403", route.Path, claim, got.status)
			}
		}
	}
	if !b.signedIn() || s.events(a.ID, "signin.begun") != 1 || s.events(a.ID, "password.set")+s.events(a.ID, "passcode.begun")+s.events(a.ID, "binding.opened") != 0 {
		t.Error("another site's form changed something")
	}
	// A form of our own from a browser that says so.
	if got := newBrowser(s).once("POST", "/signin", filled["/signin"], "Sec-Fetch-Site", "same-origin", "Origin", s.issuer); got.status != http.StatusSeeOther {
		t.Errorf("our own form was answered %d", got.status)
	}
}

func TestC5ASignInEndsNowhereElse(t *testing.T) {
	s := start(t, proxied)
	s.account("mara")
	for _, to := range []string{"//evil.example", `/\evil.example`, `\/evil.example`, "https:evil.example", "https://evil.example", "http:/evil.example", "/%2f/evil.example", "/%5cevil.example",
		"//evil.example/oidc/continue", "/oidc/../..//evil.example", "/oidc/%2e%2e/%2fevil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
		"/oidc//evil.example", "/security//evil.example", "/oidc/continue#//evil.example", "data:text/html,x", "/oidc/\u2044evil.example", "%2f%2fevil.example", "///evil.example"} {
		b := newBrowser(s)
		if got := b.once("GET", "/signin?"+url.Values{"return_to": {to}}.Encode(), nil); got.status != http.StatusBadRequest {
			t.Errorf("return_to=%q was answered %d; want 400", to, got.status)
		}
		if got := b.once("POST", "/signin", url.Values{"name": {"mara"}, "return_to": {to}, "client": {""}}); got.status != http.StatusBadRequest || got.to() != "" {
			t.Errorf("a sign-in to %q was answered %d to %q; want 400", to, got.status, got.to())
		}
	}
	b := newBrowser(s)
	b.get("/signin?return_to=%2Fsecurity").submit("/signin", map[string]string{"name": "mara"}).password(goodPassword)
	if got := b.once("POST", "/signin/"+b.attempt()+"/finish", url.Values{}); got.to() != "/security" {
		t.Errorf("an honest sign-in ended at %q", got.to())
	}
}

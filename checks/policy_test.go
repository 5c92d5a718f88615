package checks

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
)

// standing is how far a browser has come.
type standing string

const (
	nobody    standing = "none"
	halfway   standing = "first factor only"  // the password of a two-factor account, no session yet
	oneFactor standing = "one-factor session" // the account has one factor
	weak      standing = "one-factor session on a two-factor account"
	stale     standing = "stale session"
	full      standing = "fresh session"
)

// outcome is what became of a request at the door.
type outcome string

const (
	served    outcome = "served"     // the route itself answered
	sentAway  outcome = "sent away"  // to sign in
	confirm   outcome = "confirm"    // a page that asks to prove oneself again
	noSignIn  outcome = "no sign-in" // as if there were no such attempt
	unsigned  outcome = "unsigned"   // refused for want of a device's signature
	noParty   outcome = "no party"   // refused for want of a client or an access token
	setUp     outcome = "set up"     // nothing to set up any more
	malformed outcome = "malformed"
)

// policy is what each kind of caller's routes answer to each standing, when the
// request itself is in order.
func policy(c gateway.Caller, method string, who standing) outcome {
	switch c {
	case gateway.Browser:
		return noSignIn // a session is no attempt: walked with an attempt of nobody's
	case gateway.SignedIn:
		if who == nobody || who == halfway {
			return sentAway
		}
	case gateway.FreshOwner:
		switch {
		case who == nobody || who == halfway:
			return sentAway
		case (who == weak || who == stale) && method == http.MethodPost:
			return sentAway
		case who == weak || who == stale:
			return confirm
		}
	case gateway.Phone, gateway.Enrolling:
		return unsigned // no cookie is a signature
	case gateway.Party:
		return noParty
	case gateway.SetupCode:
		return setUp
	}
	return served
}

// table is every route that the server has, and who may call it. A new route
// is not served until somebody has put it here.
var table = map[string]gateway.Caller{
	"GET /favicon.ico": gateway.Anyone, "GET /assets/{version}/{file}": gateway.Anyone,
	"GET /signin": gateway.Anyone, "POST /signin": gateway.Anyone, "GET /{$}": gateway.SignedIn, "GET /signout": gateway.SignedIn, "POST /signout": gateway.SignedIn,
	"GET /signin/{id}": gateway.Browser, "GET /signin/{id}/live": gateway.Browser, "POST /signin/{id}/password": gateway.Browser, "POST /signin/{id}/passcode": gateway.Browser,
	"POST /signin/{id}/approval": gateway.Browser, "POST /signin/{id}/finish": gateway.Browser, "POST /signin/{id}/leave": gateway.Browser,
	"GET /setup": gateway.SetupCode, "POST /setup": gateway.SetupCode,
	"GET /security": gateway.SignedIn, "POST /security/sessions/end-all": gateway.SignedIn, "POST /security/sessions/{key}/end": gateway.SignedIn,
	"GET /security/phones/{id}": gateway.SignedIn, "GET /security/bindings/{id}": gateway.SignedIn, "GET /security/bindings/{id}/live": gateway.SignedIn,
	"POST /security/bindings/{id}/test": gateway.SignedIn, "POST /security/bindings/{id}/cancel": gateway.SignedIn,
	"GET /security/password": gateway.FreshOwner, "POST /security/password": gateway.FreshOwner,
	"POST /security/phones": gateway.FreshOwner, "POST /security/phones/{id}/rename": gateway.FreshOwner, "POST /security/phones/{id}/remove": gateway.FreshOwner,
	"POST /security/bindings/{id}/confirm": gateway.FreshOwner,
	"POST /security/passcodes":             gateway.FreshOwner, "GET /security/passcodes/{id}": gateway.FreshOwner,
	"POST /security/passcodes/{id}/confirm": gateway.FreshOwner, "POST /security/passcodes/{id}/remove": gateway.FreshOwner,

	"GET /.well-known/openid-configuration": gateway.Anyone, "GET /.well-known/oauth-authorization-server": gateway.Anyone, "GET /oidc/keys": gateway.Anyone,
	"GET /oidc/authorize": gateway.Anyone, "POST /oidc/authorize": gateway.Anyone, "GET /oidc/continue": gateway.SignedIn,
	"POST /oidc/token": gateway.Party, "OPTIONS /oidc/token": gateway.Anyone, "GET /oidc/userinfo": gateway.Party, "POST /oidc/userinfo": gateway.Party, "OPTIONS /oidc/userinfo": gateway.Anyone,
	"GET /oidc/logout": gateway.Anyone, "POST /oidc/logout": gateway.Anyone,

	"GET /api/time": gateway.Anyone, "POST /api/phone/v1/enrolments": gateway.Enrolling, "GET /api/phone/v1/device": gateway.Phone, "DELETE /api/phone/v1/device": gateway.Phone,
	"GET /api/phone/v1/requests": gateway.Phone, "POST /api/phone/v1/requests/{id}/decision": gateway.Phone, "GET /api/phone/v1/live": gateway.Phone,

	"GET /app": gateway.Anyone, "GET /app/{name...}": gateway.Anyone,
	"GET /healthz": gateway.Anyone, "GET /readyz": gateway.Anyone,
}

// exceptions answer otherwise than their caller's kind, each for its reason.
var exceptions = map[string]outcome{
	// What it goes on with is sealed in its address: without that there is
	// nothing to serve, to whomever.
	"GET /oidc/continue": malformed,
}

// fills are forms with which the routes would do what they are for.
var fills = map[string]url.Values{
	"POST /security/password": {"new": {"another battery here"}, "again": {"another battery here"}}, "POST /security/passcodes": {"name": {"Codes"}},
	"POST /security/phones/{id}/rename": {"name": {"Renamed"}}, "POST /security/bindings/{id}/confirm": {"safety": {"000000"}}, "POST /security/passcodes/{id}/confirm": {"code": {"000000"}},
	"POST /signin": {"name": {"nobody"}, "return_to": {""}, "client": {""}}, "POST /signin/{id}/password": {"password": {goodPassword}}, "POST /signin/{id}/passcode": {"code": {"000000"}},
	"POST /setup": {"code": {"0000-0000-0000-0000"}, "name": {"eve"}, "new": {goodPassword}, "again": {goodPassword}},
}

// door tells what became of a request.
func door(a answer) outcome {
	switch {
	case strings.Contains(a.body, "code</span> no-sign-in") || a.status == http.StatusNotFound && strings.Contains(a.body, "no-sign-in"):
		return noSignIn
	case a.status == http.StatusNotFound && strings.Contains(a.body, "setup-done"):
		return setUp
	case a.status == http.StatusSeeOther && strings.HasPrefix(a.to(), "/signin?return_to=%2Fsecurity"):
		return sentAway
	case a.status == http.StatusForbidden && strings.Contains(a.body, `action="/signin"`):
		return confirm
	case strings.Contains(a.body, "Authorization") && a.status == http.StatusBadRequest, a.status == http.StatusBadRequest && strings.Contains(a.header.Get("Content-Type"), "problem+json"):
		return unsigned
	case a.status == http.StatusUnauthorized || a.status == http.StatusBadRequest && strings.Contains(a.body, `"invalid_`):
		return noParty
	case a.status == http.StatusBadRequest && strings.Contains(a.body, "sign-in-too-old"):
		return malformed
	}
	return served
}

func TestE1EveryRouteForEveryStanding(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		if _, err := s.Admin.Setup(t.Context(), s.SetupCode, "owner", "", countersign.NewSecret([]byte(goodPassword)), ""); err != nil {
			t.Fatal(err)
		}
		accounts := make(map[standing]countersign.Account)
		browsers := map[standing]*browser{nobody: newBrowser(s)}
		phones := make(map[standing]string)
		add := func(who standing, name string) {
			a, b, d := phoneFor(s, name)
			accounts[who], browsers[who], phones[who] = a, b, d.ID
			if who != weak {
				browsers[who] = approved(s, name, d)
			}
		}
		add(stale, "old")
		s.advance(11 * time.Minute)
		add(weak, "weak")
		add(full, "full")
		accounts[oneFactor], browsers[oneFactor] = s.account("one"), newBrowser(s)
		browsers[oneFactor].begin("one").password(goodPassword).finish()
		accounts[halfway], _, _ = phoneFor(s, "half")
		browsers[halfway] = newBrowser(s).begin("half").password(goodPassword)

		routes := slices.Clone(s.Routes)
		// What ends sessions goes last, or the rest would be walked without.
		slices.SortStableFunc(routes, func(a, b gateway.Route) int { return ends(a) - ends(b) })
		walked := make(map[string]bool)
		for _, route := range routes {
			name := route.Method + " " + route.Path
			walked[name] = true
			caller, known := table[name]
			if !known || caller != route.Caller {
				t.Errorf("%s is for %q; the policy says %q", name, route.Caller, caller)
				continue
			}
			for who, b := range browsers {
				b.from = "192.0.2." + string('1'+rune(len(walked)%9))
				s.advance(time.Second) // addresses are paced
				id := strings.Repeat("a", 26)
				if strings.HasPrefix(route.Path, "/security/phones") && phones[who] != "" {
					id = phones[who]
				}
				path := strings.NewReplacer("{id}", id, "{key}", "k", "{$}", "", "{version}", "v", "{file}", "f", "{name...}", "").Replace(route.Path)
				fields := fills[name]
				if fields == nil && route.Method == http.MethodPost {
					fields = url.Values{}
				}
				want, special := exceptions[name]
				if !special {
					want = policy(caller, route.Method, who)
				}
				a := b.once(route.Method, path, fields)
				if got := door(a); got != want {
					t.Errorf("%s, %s: %s (%d %s); want %s", name, who, got, a.status, a.to(), want)
				}
				if a.status >= 500 {
					t.Errorf("%s, %s: %d\n%s", name, who, a.status, a.body)
				}
			}
		}
		for name := range table {
			if !walked[name] {
				t.Errorf("the policy has %s, the server has not", name)
			}
		}
		// Nothing behind a shut door happened: each form would have worked.
		for _, who := range []standing{weak, stale, halfway} {
			a := accounts[who]
			if d := s.devices(a.ID); len(d) != 1 || d[0].Name != "Pixel 9" {
				t.Errorf("%s changed the account's phones: %+v", who, d)
			}
			for kind, want := range map[string]int{"binding.opened": 1, "device.removed": 0, "device.renamed": 0, "passcode.begun": 0, "password.set": 0} {
				if n := s.events(a.ID, kind); n != want {
					t.Errorf("%s left %d events %s; want %d", who, n, kind, want)
				}
			}
		}
		// And behind the open ones it did.
		for _, kind := range []string{"binding.opened", "passcode.begun", "password.set"} {
			for _, who := range []standing{full, oneFactor} {
				if s.events(accounts[who].ID, kind) == 0 {
					t.Errorf("%s could not: no event %s", who, kind)
				}
			}
		}
		if s.events(accounts[full].ID, "device.removed") != 1 {
			t.Error("a fresh session could not remove its phone")
		}
	})
}

func ends(r gateway.Route) int {
	switch r.Method + " " + r.Path {
	case "POST /security/sessions/end-all":
		return 1
	case "POST /signout":
		return 2
	}
	return 0
}

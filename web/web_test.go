package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/gateway"
)

// quietWeb is the room without its neighbours, for what needs none.
func quietWeb(t *testing.T) *Web {
	t.Helper()
	w, err := New(Config{Issuer: "https://id.example.org", ServerName: "Example Org", Now: func() time.Time { return time.Date(2026, 11, 24, 12, 4, 0, 0, time.UTC) },
		Unexpected: func(err error) { t.Errorf("unexpected: %v", err) }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWhatChangesAnAccountNeedsAFreshSignIn(t *testing.T) { // check E1
	// These change something and need less, each for its reason.
	less := map[string]gateway.Caller{
		"/signin":                        gateway.Anyone,    // begins a sign-in
		"/signout":                       gateway.SignedIn,  // ends this browser's own session
		"/setup":                         gateway.SetupCode, // the code is the proof
		"/security/sessions/end-all":     gateway.SignedIn,  // whoever sees a stranger must not be held up
		"/security/sessions/{key}/end":   gateway.SignedIn,
		"/security/bindings/{id}/test":   gateway.SignedIn, // asks; adds nothing
		"/security/bindings/{id}/cancel": gateway.SignedIn, // ends; adds nothing
		"/signin/{id}/password":          gateway.Browser,
		"/signin/{id}/passcode":          gateway.Browser,
		"/signin/{id}/approval":          gateway.Browser,
		"/signin/{id}/finish":            gateway.Browser,
		"/signin/{id}/leave":             gateway.Browser,
	}
	seen := make(map[string]bool)
	for _, r := range quietWeb(t).Routes() {
		if seen[r.Method+r.Path] {
			t.Errorf("%s %s stands twice", r.Method, r.Path)
		}
		seen[r.Method+r.Path] = true
		if r.Origins {
			t.Errorf("%s %s reads cookies and lets other origins call it", r.Method, r.Path)
		}
		if r.Method != http.MethodPost {
			continue
		}
		want := gateway.FreshOwner
		if lesser, known := less[r.Path]; known {
			want = lesser
		}
		if r.Caller != want {
			t.Errorf("%s is for callers %q, want %q", r.Path, r.Caller, want)
		}
	}
	for path := range less {
		if !seen["POST"+path] {
			t.Errorf("%s is no route", path)
		}
	}
}

func TestNothingAStrangerTypesBecomesMarkup(t *testing.T) { // check C4
	w := quietWeb(t)
	const hostile = `"><script>alert(1)</script><x y='`
	for page, body := range map[string]any{
		"name":     startForm{Name: hostile, Client: hostile, Return: hostile, To: party{hostile, hostile, true}},
		"password": step{ID: "a", Name: hostile, To: party{hostile, hostile, true}, Others: []signin.Method{signin.MethodPasscode}},
		"number":   step{ID: "a", Name: hostile, To: party{hostile, hostile, true}, Number: &number{Digits: "47", Waiting: true, Phones: []countersign.Device{{Name: hostile}}}},
		"phone":    deviceShown{Device: countersign.Device{ID: "a", Name: hostile, Platform: countersign.Android}},
		"arrive":   arrival{hostile},
		"security": securityShown{Phones: []countersign.Device{{ID: "a", Name: hostile, Platform: countersign.IOS}}, Sessions: []sessionShown{{From: hostile, Place: hostile}},
			Approvals: []approvalShown{{Client: hostile, From: hostile}}, Notices: []noticeShown{{Text: hostile}}},
	} {
		answer := httptest.NewRecorder()
		w.page(answer, httptest.NewRequest("GET", "/", nil), 200, page, view{Title: hostile, Onward: "/oidc/continue?request=" + hostile, Body: body})
		got := answer.Body.String()
		if answer.Code != 200 || strings.Contains(got, "<script>alert") || strings.Contains(got, "<x y=") {
			t.Errorf("%s lets markup through: status %d\n%s", page, answer.Code, got)
		}
		if strings.Contains(got, " style=") || strings.Contains(got, "<style") || strings.Contains(got, " onclick=") {
			t.Errorf("%s carries what its own policy forbids", page)
		}
	}
}

func TestTheNumberIsGroupedForEyesAndSpelledForEars(t *testing.T) {
	for _, tt := range []struct{ digits, grouped, spoken string }{
		{"47", "47", "4 7"},
		{"492031", "492\u202f031", "4 9 2 0 3 1"},
	} {
		n := number{Digits: tt.digits}
		if n.Grouped() != tt.grouped || n.Spoken() != tt.spoken {
			t.Errorf("%s reads %q and sounds %q", tt.digits, n.Grouped(), n.Spoken())
		}
	}
}

func TestAStrangerLearnsNothingFromAnAnswerOnThePhone(t *testing.T) { // check B9
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, state := range []countersign.ApprovalState{countersign.ApprovalPending, countersign.ApprovalDenied, countersign.ApprovalReported, countersign.ApprovalEnded} {
		a := countersign.Approval{State: state, NotAfter: now.Add(time.Minute)}
		if got := toldState(a, false, now); got != countersign.ApprovalPending {
			t.Errorf("a stranger is told %q while it is %q", got, state)
		}
		if got := toldState(a, false, a.NotAfter); got != countersign.ApprovalExpired {
			t.Errorf("a stranger is told %q after the time of one that was %q", got, state)
		}
		if got := toldState(a, true, now); got != state {
			t.Errorf("a known browser is told %q while it is %q", got, state)
		}
	}
}

func TestWaysAreThoseOfThePlan(t *testing.T) {
	all := []signin.Method{signin.MethodPassword, signin.MethodApproval, signin.MethodPasscode}
	paused := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		claim  string
		plan   signin.Plan
		wanted signin.Method
		way    signin.Method
		others int
	}{
		{"the next way comes by itself", signin.Plan{Next: all[0], Others: all[1:]}, "", signin.MethodPassword, 2},
		{"another way can be chosen", signin.Plan{Next: all[0], Others: all[1:]}, signin.MethodPasscode, signin.MethodPasscode, 2},
		{"a way outside the plan cannot", signin.Plan{Next: all[0]}, signin.MethodApproval, signin.MethodPassword, 0},
		{"enough is enough", signin.Plan{}, signin.MethodPassword, signin.MethodNone, 0},
		{"paused approvals stand back", signin.Plan{Next: all[1], Others: all[2:], PausedUntil: paused}, "", signin.MethodPasscode, 0},
		{"paused approvals cannot be chosen", signin.Plan{Next: all[1], Others: all[2:], PausedUntil: paused}, signin.MethodApproval, signin.MethodPasscode, 0},
		{"where nothing else is left they are told", signin.Plan{Next: all[1], PausedUntil: paused}, "", signin.MethodApproval, 0},
	} {
		way, others := choose(tt.plan, tt.wanted)
		if way != tt.way || len(others) != tt.others {
			t.Errorf("%s: choose = %q, %v; want %q and %d others", tt.claim, way, others, tt.way, tt.others)
		}
	}
	if all[0] != signin.MethodPassword || all[1] != signin.MethodApproval || all[2] != signin.MethodPasscode {
		t.Errorf("choosing changed the plan: %v", all)
	}
}

func TestFormsAreReadStrictly(t *testing.T) {
	post := func(target, kind, body string) *http.Request {
		r := httptest.NewRequest("POST", target, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return r
	}
	const form = "application/x-www-form-urlencoded"
	if got, err := readForm(post("/signin", form, "name=mara&client="), "name", "client"); err != nil || got["name"] != "mara" {
		t.Errorf("an honest form = %v, %v", got, err)
	}
	for claim, r := range map[string]*http.Request{
		"an unknown field":         post("/signin", form, "name=mara&admin=1"),
		"a field twice":            post("/signin", form, "name=mara&name=eve"),
		"a field in the address":   post("/signin?name=eve", form, "name=mara"),
		"another kind of body":     post("/signin", "text/plain", "name=mara"),
		"JSON":                     post("/signin", "application/json", `{"name":"mara"}`),
		"bytes that are no text":   post("/signin", form, "name=%ff"),
		"a zero byte":              post("/signin", form, "name=ma%00ra"),
		"a semicolon as separator": post("/signin", form, "name=mara;x=1"),
	} {
		if got, err := readForm(r, "name"); err == nil {
			t.Errorf("%s was read: %v", claim, got)
		}
	}
}

func TestAFormFromAnotherSiteIsRefusedAndHeadersStandOnEveryAnswer(t *testing.T) {
	mux := gateway.Mux(quietWeb(t).Routes(), http.NotFound)
	for _, r := range quietWeb(t).Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		request := httptest.NewRequest("POST", strings.NewReplacer("{id}", "a", "{key}", "k").Replace(r.Path), nil)
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		if answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), "cross-site") {
			t.Errorf("%s answered a form of another site with %d", r.Path, answer.Code)
		}
		policy := answer.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s has the headers %v", r.Path, answer.Header())
		}
	}
}

func TestAnAddressIsPacedAndOthersAreNot(t *testing.T) {
	p := newPacer(Pace{Burst: 2, PerMinute: 60})
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for i, want := range []bool{true, true, false} {
		if _, ok := p.take("192.0.2.1", now); ok != want {
			t.Errorf("call %d: %v, want %v", i, ok, want)
		}
	}
	if wait, ok := p.take("192.0.2.1", now); ok || wait != time.Second {
		t.Errorf("the wait is %v (%v), want one second", wait, ok)
	}
	if _, ok := p.take("192.0.2.2", now); !ok {
		t.Error("another address had to wait")
	}
	if _, ok := p.take("192.0.2.1", now.Add(time.Second)); !ok {
		t.Error("after the wait it was refused")
	}
	p.take("2001:db8::1", now)
	p.take("2001:db8::2", now)
	if _, ok := p.take("2001:db8::3", now); ok {
		t.Error("one IPv6 network counted as three")
	}
}

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		before time.Duration
		want   string
	}{
		{-time.Second, "just now"}, {59 * time.Second, "just now"}, {time.Minute, "a minute ago"}, {59 * time.Minute, "59 minutes ago"},
		{time.Hour, "an hour ago"}, {23 * time.Hour, "23 hours ago"}, {24 * time.Hour, "yesterday"}, {3 * 24 * time.Hour, "3 days ago"},
		{21 * 24 * time.Hour, "3 November"}, {365 * 24 * time.Hour, "24 November 2025"},
	} {
		if got := ago(now, now.Add(-tt.before)); got != tt.want {
			t.Errorf("%v ago reads %q, want %q", tt.before, got, tt.want)
		}
	}
	if got := ago(now, time.Time{}); got != "never" {
		t.Errorf("no time reads %q", got)
	}
}

func TestABrowserHoldsFiveSignIns(t *testing.T) {
	r := httptest.NewRequest("POST", "/signin", nil)
	for _, id := range []string{"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee"} {
		r.AddCookie(&http.Cookie{Name: attemptPrefix + id, Value: "x"})
	}
	answer := httptest.NewRecorder()
	keepAttempt(answer, r, "ffffffffffffffffffffffffff", "secret")
	var dropped, set []string
	for _, c := range answer.Result().Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("the cookie %s has attributes %v", c.Name, c)
		}
		if c.MaxAge < 0 {
			dropped = append(dropped, c.Name)
			continue
		}
		set = append(set, c.Name)
	}
	if len(dropped) != 1 || dropped[0] != attemptPrefix+"aaaaaaaa" || len(set) != 1 || set[0] != attemptPrefix+"ffffffff" {
		t.Errorf("dropped %v, set %v", dropped, set)
	}
}

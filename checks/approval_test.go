package checks

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
	"github.com/countersign-id/countersign/phone"
)

// phoneFor is an account with one phone.
func phoneFor(s *server, name string) (countersign.Account, *browser, *phone.Device) {
	s.t.Helper()
	a := s.account(name)
	b, d := withPhone(s, name)
	return a, b, d
}

// secondPhone adds another phone to an account, from a browser that approves
// with the first one.
func secondPhone(s *server, name string, first *phone.Device) *phone.Device {
	s.t.Helper()
	b := approved(s, name, first)
	b.get("/security").submit("/security/phones", nil)
	e := claim(b, "Old phone")
	b.get(b.where.Path).submit("/confirm", map[string]string{"safety": e.Safety})
	if state, code := decide(e.Device, waiting(s.t, e.Device), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
		s.t.Fatalf("the test approval gave %q, %q", state, code)
	}
	return e.Device
}

// approved is a browser that signed in with password and approval.
func approved(s *server, name string, d *phone.Device) *browser {
	s.t.Helper()
	b := newBrowser(s)
	b.begin(name).password(goodPassword)
	if state, code := decide(d, waiting(s.t, d), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
		s.t.Fatalf("approving gave %q, %q", state, code)
	}
	b.get(b.where.Path).finish()
	return b
}

// asking is an unfamiliar browser that knows the name alone and shows a number.
func asking(s *server, name string) *browser {
	s.t.Helper()
	return newBrowser(s).begin(name).submit("/approval", nil)
}

// said is the answer to a decision.
type said struct {
	status    int
	Code      string                    `json:"code"`
	State     countersign.ApprovalState `json:"state"`
	TriesLeft int                       `json:"tries_left"`
}

func (d said) is(status int, code string) bool { return d.status == status && d.Code == code }

// post sends a body to a request's decision, whatever it is.
func (s *server) post(request, body string) said {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url("/api/phone/v1/requests/%s/decision", request), strings.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return said{}
	}
	r.Header.Set("Content-Type", "application/json")
	a := s.send(r, &http.Client{})
	got := said{status: a.status}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		s.t.Errorf("a decision was answered %d %q: %v", a.status, a.body, err)
	}
	return got
}

// stated is the statement of a decision as an honest phone builds it.
func stated(d *phone.Device, r phone.Request, decision countersign.Decision, number string) statement.Approval {
	return statement.Approval{Issuer: d.Client.Issuer, Client: r.Client, Request: r.ID, Nonce: r.Nonce, Account: d.AccountID, Device: d.ID,
		Decision: decision, Number: number, Context: r.Record, NotAfter: r.NotAfter.UnixMilli()}
}

// signed signs a text with a device's key, whatever it says.
func signed(t *testing.T, key *ecdsa.PrivateKey, text []byte) string {
	t.Helper()
	digest := sha256.Sum256(text)
	r, v, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	var signature [64]byte
	r.FillBytes(signature[:32])
	v.FillBytes(signature[32:])
	return statement.EncodeBytes(signature[:])
}

func textOf(t *testing.T, a statement.Approval) []byte {
	t.Helper()
	text, err := a.Statement()
	if err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// body is a decision on the wire.
func body(device string, decision countersign.Decision, number, signature string) string {
	b, _ := json.Marshal(map[string]string{"device": device, "decision": string(decision), "number": number, "signature": signature})
	return string(b)
}

// state is where a request is, in the store.
func (s *server) state(id string) countersign.ApprovalState {
	s.t.Helper()
	a, err := s.Approval.State(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return a.State
}

// other is a number of the same length that is not this one.
func other(number string) string {
	last := number[len(number)-1]
	return number[:len(number)-1] + string('0'+(last-'0'+1)%10)
}

// untouched fails unless a request still waits with all its tries: the next
// wrong number leaves two, and the right one approves.
func untouched(t *testing.T, s *server, d *phone.Device, r phone.Request, number string) {
	t.Helper()
	if state := s.state(r.ID); state != countersign.ApprovalPending {
		t.Fatalf("the request is %s; want pending", state)
	}
	var p *phone.Problem
	if _, err := d.Decide(t.Context(), r, countersign.Approve, other(number)); !errors.As(err, &p) || p.Code != phone.NumberWrong || p.TriesLeft != 2 {
		t.Errorf("after the attack a wrong number gave %v; want number-wrong with two tries left", err)
	}
	if state, code := decide(d, r, countersign.Approve, number); state != countersign.ApprovalApproved {
		t.Errorf("after the attack the right number gave %q, %q", state, code)
	}
}

func TestB1NothingCountsButThisRequestsNumber(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, _, d := phoneFor(s, "mara")
		b := asking(s, "mara")
		r, number := waiting(t, d), b.number()
		sign := func(decision countersign.Decision, number string) string {
			return signed(t, d.Key, textOf(t, stated(d, r, decision, number)))
		}
		right, refusal := sign(countersign.Approve, number), sign(countersign.Deny, "-")
		for claim, sent := range map[string]string{
			"no number":                 fmt.Sprintf(`{"device":%q,"decision":"approve","signature":%q}`, d.ID, right),
			"an empty number":           body(d.ID, countersign.Approve, "", right),
			"null":                      fmt.Sprintf(`{"device":%q,"decision":"approve","number":null,"signature":%q}`, d.ID, right),
			"a JSON number":             fmt.Sprintf(`{"device":%q,"decision":"approve","number":%d,"signature":%q}`, d.ID, 123456, right),
			"two digits":                body(d.ID, countersign.Approve, number[:2], sign(countersign.Approve, number[:2])),
			"one digit less":            body(d.ID, countersign.Approve, number[:5], sign(countersign.Approve, number[:5])),
			"one digit more":            body(d.ID, countersign.Approve, number+"0", sign(countersign.Approve, number+"0")),
			"the number and a space":    body(d.ID, countersign.Approve, number[:5]+" ", right),
			"letters":                   body(d.ID, countersign.Approve, "abcdef", right),
			"digits of another script":  body(d.ID, countersign.Approve, "١٢٣٤٥٦", right),
			"a dash where digits stand": body(d.ID, countersign.Approve, "-", right),
			"a refusal with a number":   body(d.ID, countersign.Deny, number, refusal),
			"a refusal without a dash":  body(d.ID, countersign.Deny, "", refusal),
			"no decision":               body(d.ID, "", number, right),
			"an unknown decision":       body(d.ID, "approved", number, right),
		} {
			if got := s.post(r.ID, sent); !got.is(400, "bad-request") {
				t.Errorf("%s was answered %d %q; want 400 bad-request", claim, got.status, got.Code)
			}
		}
		untouched(t, s, d, r, number)
		// The number of another request is a wrong one.
		first, second := asking(s, "mara"), asking(s, "mara")
		for first.number() == second.number() {
			second = asking(s, "mara")
		}
		all, err := d.Requests(t.Context())
		if err != nil || len(all) < 2 {
			t.Fatalf("%d requests wait, %v", len(all), err)
		}
		if _, code := decide(d, all[0], countersign.Approve, second.number()); code != phone.NumberWrong {
			t.Errorf("another request's number gave %q; want number-wrong", code)
		}
		if state := s.state(all[0].ID); state != countersign.ApprovalPending {
			t.Errorf("another request's number left it %s; want pending", state)
		}
	})
}

func TestB2ThreeWrongNumbersEndEveryRequest(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, known, d := phoneFor(s, "mara")
		b := asking(s, "mara")
		known.begin("mara").password(goodPassword)
		all, err := d.Requests(t.Context())
		if err != nil || len(all) != 2 {
			t.Fatalf("%d requests wait, %v; want two", len(all), err)
		}
		numbers := map[int]string{countersign.DigitsUnfamiliar: b.number(), countersign.DigitsFamiliar: known.number()}
		for i, r := range []phone.Request{all[0], all[1], all[0]} { // counted together, not per request
			var p *phone.Problem
			_, err := d.Decide(t.Context(), r, countersign.Approve, other(numbers[r.Digits]))
			if !errors.As(err, &p) || p.Code != phone.NumberWrong || p.TriesLeft != 2-i {
				t.Fatalf("miss %d gave %v; want number-wrong with %d tries left", i+1, err, 2-i)
			}
		}
		for _, r := range all {
			if state := s.state(r.ID); state != countersign.ApprovalEnded {
				t.Errorf("after three misses a request is %s; want ended", state)
			}
			if _, code := decide(d, r, countersign.Approve, numbers[r.Digits]); code != phone.RequestOver {
				t.Errorf("after three misses the right number gave %q; want request-over", code)
			}
		}
		for kind, want := range map[string]int{"approval.number-wrong": 3, "approval.misses-ended": 1} {
			if n := s.events(a.ID, kind); n != want {
				t.Errorf("%d events %s; want %d", n, kind, want)
			}
		}
		// A new request reaches nobody while approvals are paused, and does
		// not bring the tries back afterwards.
		if asking(s, "mara").number() == "" {
			t.Error("while paused a stranger sees no number")
		}
		if all, err := d.Requests(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("while paused %d requests reached the phone, %v", len(all), err)
		}
		s.advance(countersign.ApprovalLimits.Delay)
		again := asking(s, "mara")
		r := waiting(t, d)
		if got := s.post(r.ID, body(d.ID, countersign.Approve, other(again.number()), signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, other(again.number())))))); !got.is(409, "number-wrong") || got.TriesLeft != 0 {
			t.Errorf("the fourth miss was answered %+v; want number-wrong with no try left", got)
		}
		if state := s.state(r.ID); state != countersign.ApprovalEnded {
			t.Errorf("after the fourth miss the request is %s; want ended", state)
		}
		s.advance(2 * countersign.ApprovalLimits.Delay)
		last := asking(s, "mara")
		if state, code := decide(d, waiting(t, d), countersign.Approve, last.number()); state != countersign.ApprovalApproved {
			t.Errorf("after the pause the right number gave %q, %q", state, code)
		}
	})
}

func TestB3ASignedDecisionCountsForItsRequestOnly(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		_, _, eve := phoneFor(s, "eve")
		b := newBrowser(s)
		b.begin("mara").password(goodPassword)
		r, number := waiting(t, d), b.number()
		honest := stated(d, r, countersign.Approve, number)
		kept := body(d.ID, countersign.Approve, number, signed(t, d.Key, textOf(t, honest)))
		for claim, change := range map[string]func(*statement.Approval){
			"another server's": func(a *statement.Approval) { a.Issuer = "https://id.example.org" },
			"another account's": func(a *statement.Approval) {
				a.Account = eve.AccountID
			},
			"another request's":       func(a *statement.Approval) { a.Request = strings.Repeat("a", 26) },
			"another nonce's":         func(a *statement.Approval) { a.Nonce = "AAAAAAAAAAAAAAAAAAAAAA" },
			"another relying party's": func(a *statement.Approval) { a.Client = "payroll" },
			"another context's":       func(a *statement.Approval) { a.Context = strings.Replace(a.Context, "Windows", "macOS", 1) },
			"another time's":          func(a *statement.Approval) { a.NotAfter++ },
			"another number's":        func(a *statement.Approval) { a.Number = other(a.Number) },
		} {
			changed := honest
			change(&changed)
			if got := s.post(r.ID, body(d.ID, countersign.Approve, number, signed(t, d.Key, textOf(t, changed)))); !got.is(401, "signature-refused") {
				t.Errorf("%s statement was answered %d %q; want 401 signature-refused", claim, got.status, got.Code)
			}
		}
		if got := s.post(r.ID, body(eve.ID, countersign.Approve, number, signed(t, eve.Key, textOf(t, stated(eve, r, countersign.Approve, number))))); !got.is(404, "not-found") {
			t.Errorf("another account's phone was answered %d %q; want 404 not-found", got.status, got.Code)
		}
		for range 3 { // the first decides; the rest are told what was recorded
			if got := s.post(r.ID, kept); got.status != 200 || got.State != countersign.ApprovalApproved {
				t.Errorf("the decision was answered %+v; want 200 approved", got)
			}
		}
		if got := s.post(r.ID, body(d.ID, countersign.Deny, "-", signed(t, d.Key, textOf(t, stated(d, r, countersign.Deny, "-"))))); !got.is(409, "request-over") || got.State != countersign.ApprovalApproved {
			t.Errorf("another decision afterwards was answered %+v; want 409 request-over, approved", got)
		}
		b.get(b.where.Path).finish()
		if n := s.events(a.ID, "approval.approved"); n != 2 { // this one and the enrolment's
			t.Errorf("%d approvals are audited; want 2", n)
		}
		next := asking(s, "mara")
		r2 := waiting(t, d)
		if got := s.post(r2.ID, kept); !got.is(401, "signature-refused") && !got.is(400, "bad-request") {
			t.Errorf("replayed on the next request it was answered %d %q", got.status, got.Code)
		}
		untouched(t, s, d, r2, next.number())
		if sessions, err := s.Store.Sessions(t.Context(), a.ID, s.now()); err != nil || len(sessions) != 2 {
			t.Errorf("%d sessions, %v; want the enrolment's and this one", len(sessions), err)
		}
	})
}

func TestB4EveryLineAndEveryByteOfAStatementCounts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, _, d := phoneFor(s, "mara")
		second := secondPhone(s, "mara", d)
		b := asking(s, "mara")
		r, number := waiting(t, d), b.number()
		honest := textOf(t, stated(d, r, countersign.Approve, number))
		forged := make(map[string]string) // claim -> signature
		lines := strings.SplitAfter(string(honest), "\n")
		for i := range lines {
			if lines[i] == "" {
				continue
			}
			changed := append([]string{}, lines...)
			changed[i] = "x\n"
			forged[fmt.Sprintf("line %d changed", i)] = signed(t, d.Key, []byte(strings.Join(changed, "")))
			changed[i] = ""
			forged[fmt.Sprintf("line %d dropped", i)] = signed(t, d.Key, []byte(strings.Join(changed, "")))
		}
		for i := range honest {
			flipped := append([]byte{}, honest...)
			flipped[i] ^= 1
			forged[fmt.Sprintf("byte %d flipped", i)] = signed(t, d.Key, flipped)
		}
		good, err := statement.ParseBytes(signed(t, d.Key, honest))
		if err != nil {
			t.Fatal(err)
		}
		for i := range good {
			flipped := append([]byte{}, good...)
			flipped[i] ^= 1
			forged[fmt.Sprintf("byte %d of the signature flipped", i)] = statement.EncodeBytes(flipped)
		}
		forged["no signature at all"] = statement.EncodeBytes(make([]byte, 64))
		forged["the other phone's key"] = signed(t, second.Key, honest)
		for claim, signature := range forged {
			if got := s.post(r.ID, body(d.ID, countersign.Approve, number, signature)); !got.is(401, "signature-refused") {
				t.Errorf("%s was answered %d %q; want 401 signature-refused", claim, got.status, got.Code)
			}
		}
		untouched(t, s, d, r, number)
	})
}

func TestB4ARevokedPhoneDecidesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, _, d := phoneFor(s, "mara")
		second := secondPhone(s, "mara", d)
		if err := second.Remove(t.Context()); err != nil {
			t.Fatal(err)
		}
		b := asking(s, "mara")
		r := waiting(t, d)
		for _, decision := range []countersign.Decision{countersign.Approve, countersign.Deny, countersign.Report} {
			number := b.number()
			if decision != countersign.Approve {
				number = "-"
			}
			if got := s.post(r.ID, body(second.ID, decision, number, signed(t, second.Key, textOf(t, stated(second, r, decision, number))))); got.status != 404 {
				t.Errorf("a revoked phone's %s was answered %+v; want 404", decision, got)
			}
		}
		untouched(t, s, d, r, b.number())
	})
}

func TestB5FiftySignInsLeaveThreeRequests(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, known, d := phoneFor(s, "mara")
		known.begin("mara").password(goodPassword)
		race(50, func(i int) bool {
			b := newBrowser(s)
			b.from = fmt.Sprintf("203.0.113.%d", i)
			begun := b.once("POST", "/signin", url.Values{"name": {"mara"}, "return_to": {""}, "client": {""}})
			asked := b.once("POST", begun.to()+"/approval", url.Values{})
			if asked.status != http.StatusSeeOther {
				t.Errorf("asking was answered %d", asked.status)
			}
			return true
		})
		pending, err := s.Store.PendingApprovals(t.Context(), a.ID, s.now())
		if err != nil {
			t.Fatal(err)
		}
		unfamiliar := count(pending, func(a countersign.Approval) bool { return !a.Known })
		if unfamiliar != countersign.ApprovalPendingPerKind || len(pending)-unfamiliar != 1 {
			t.Errorf("%d requests of strangers and %d of the known browser wait; want 3 and 1", unfamiliar, len(pending)-unfamiliar)
		}
		// The holder's own request is none of those that were pushed out.
		all, err := d.Requests(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if !r.Context.Known {
				continue
			}
			if state, code := decide(d, r, countersign.Approve, known.number()); state != countersign.ApprovalApproved {
				t.Errorf("the holder's own request gave %q, %q", state, code)
			}
		}
	})
}

func TestB6ARefusalIsFinalAndTakesItsSiblingsAlong(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		for i, decision := range []countersign.Decision{countersign.Deny, countersign.Report} {
			ask := func(from string) *browser {
				b := newBrowser(s)
				b.from = from
				return b.begin("mara").submit("/approval", nil)
			}
			source := fmt.Sprintf("203.0.113.%d", i)
			first := ask(source)
			r := waiting(t, d)
			ask(source)
			elsewhere := ask(fmt.Sprintf("198.51.100.%d", i))
			if state, code := decide(d, r, decision, ""); state != decision.State() {
				t.Fatalf("%s gave %q, %q", decision, state, code)
			}
			left := waiting(t, d) // the sibling is gone, another source's is not
			if left.Context.Address != elsewhere.from {
				t.Errorf("after %s the request of %s waits; want that of %s", decision, left.Context.Address, elsewhere.from)
			}
			if _, code := decide(d, r, countersign.Approve, first.number()); code != phone.RequestOver {
				t.Errorf("approving after %s gave %q; want request-over", decision, code)
			}
			if n := s.events(a.ID, "approval."+string(decision.State())); n != 1 {
				t.Errorf("%s is audited %d times; want once", decision, n)
			}
			if state, code := decide(d, left, countersign.Deny, ""); state != countersign.ApprovalDenied {
				t.Fatalf("%q, %q", state, code)
			}
			if i == 0 && s.events(a.ID, "approval.denied") != 2 {
				t.Error("the second refusal is not audited")
			}
		}
		notices, err := s.Store.Notices(t.Context(), a.ID, time.Time{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		if n := count(notices, func(n countersign.Notice) bool { return n.Kind == countersign.NoticeReported }); n != 1 {
			t.Errorf("%d notices of a report; want one", n)
		}
	})
}

func TestB10OneHundredAndTwentyEightAnswersAreOneDecision(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		second := secondPhone(s, "mara", d)
		approvedBefore := s.events(a.ID, "approval.approved")
		b := newBrowser(s)
		b.begin("mara").password(goodPassword)
		r, number := waiting(t, d), b.number()
		yes := body(d.ID, countersign.Approve, number, signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, number))))
		no := body(second.ID, countersign.Deny, "-", signed(t, second.Key, textOf(t, stated(second, r, countersign.Deny, "-"))))
		answers := race(128, func(i int) said {
			if i%2 == 0 {
				return s.post(r.ID, yes)
			}
			return s.post(r.ID, no)
		})
		final := s.state(r.ID)
		if final != countersign.ApprovalApproved && final != countersign.ApprovalDenied {
			t.Fatalf("the request is %s", final)
		}
		for i, got := range answers {
			won := (i%2 == 0) == (final == countersign.ApprovalApproved)
			if won && (got.status != 200 || got.State != final) || !won && (!got.is(409, "request-over") || got.State != final) {
				t.Errorf("answer %d to a request that is %s: %+v", i, final, got)
			}
		}
		if n := s.events(a.ID, "approval.approved") - approvedBefore + s.events(a.ID, "approval.denied"); n != 1 {
			t.Errorf("%d decisions are audited; want one", n)
		}
		b.get(b.where.Path)
		if b.has("/finish") != (final == countersign.ApprovalApproved) {
			t.Errorf("the page of a request that is %s:\n%s", final, b.shown)
		}
	})
}

func TestB12ADecisionIsInTimeToTheMillisecond(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, _, d := phoneFor(s, "mara")
		for _, tt := range []struct {
			before time.Duration
			want   said
		}{
			{time.Millisecond, said{status: 200, State: countersign.ApprovalApproved}},
			{0, said{status: 409, Code: "request-over", State: countersign.ApprovalExpired}},
			{-time.Millisecond, said{status: 409, Code: "request-over", State: countersign.ApprovalExpired}},
		} {
			s.stopClock(s.now())
			b := newBrowser(s)
			b.begin("mara").password(goodPassword)
			r := waiting(t, d)
			s.stopClock(r.NotAfter.Add(-tt.before))
			got := s.post(r.ID, body(d.ID, countersign.Approve, b.number(), signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, b.number())))))
			if got != tt.want {
				t.Errorf("%v before its end: %+v; want %+v", tt.before, got, tt.want)
			}
			b.get(b.where.Path)
			if b.has("/finish") != (tt.want.status == 200) {
				t.Errorf("%v before its end the page shows:\n%s", tt.before, b.shown)
			}
		}
	})
}

func TestB9AnUnknownNameLooksLikeAKnownOne(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, _, d := phoneFor(s, "mara-77")
		s.stopClock(s.now())
		pages := func(name string) (told []string, b *browser) {
			b = newBrowser(s)
			b.from = "192.0.2.7"
			begun := b.once("POST", "/signin", url.Values{"name": {name}, "return_to": {""}, "client": {""}})
			told = append(told, begun.told(name), b.once("GET", begun.to(), nil).told(name), b.once("GET", begun.to()+"?way=approval", nil).told(name))
			asked := b.once("POST", begun.to()+"/approval", url.Values{})
			told = append(told, asked.told(name))
			b.get(asked.to())
			return append(told, b.masked(name)), b
		}
		want, real := pages("mara-77")
		got, decoy := pages("null-77")
		compare := func(when string) {
			t.Helper()
			real.get(real.where.RequestURI())
			decoy.get(decoy.where.RequestURI())
			if a, b := real.masked("mara-77"), decoy.masked("null-77"); a != b {
				t.Errorf("%s the known name's page is\n%s\nand the unknown one's\n%s", when, a, b)
			}
			if a, b := len(real.http.Jar.Cookies(s.at("/"))), len(decoy.http.Jar.Cookies(s.at("/"))); a != b {
				t.Errorf("%s the browsers hold %d and %d cookies", when, a, b)
			}
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("step %d: the known name is answered\n%s\nand the unknown one\n%s", i, want[i], got[i])
			}
		}
		if a, b := len(real.number()), len(decoy.number()); a != b || a != countersign.DigitsUnfamiliar {
			t.Errorf("the numbers have %d and %d digits; want six", a, b)
		}
		compare("while both wait")
		r := waiting(t, d) // the decoy waits nowhere
		s.advance(20 * time.Second)
		if state, code := decide(d, r, countersign.Deny, ""); state != countersign.ApprovalDenied {
			t.Fatalf("denying gave %q, %q", state, code)
		}
		compare("after the holder denied")
		s.stopClock(r.NotAfter.Add(-time.Millisecond))
		compare("a millisecond before the end")
		s.stopClock(r.NotAfter)
		compare("at the end")
	})
}

// masked is the page as a stranger sees it, without ids, name and number.
func (b *browser) masked(name string) string {
	page := answer{b.status, b.header, b.shown}.told(name)
	for _, number := range numberShown.FindAllStringSubmatch(b.shown, -1) {
		digits := number[1]
		for _, shown := range []string{digits, digits[:3] + "\u202f" + digits[3:], strings.Join(strings.Split(digits, ""), " ")} {
			page = strings.ReplaceAll(page, shown, "NUMBER")
		}
	}
	return page
}

func TestTimingB9AskingForAnUnknownNameTakesTheSameTime(t *testing.T) {
	n := samples(t)
	s := start(t, proxied)
	phoneFor(s, "mara-77")
	s.stopClock(s.now())
	sample := func(name string, round int) (begin, ask time.Duration) {
		b := newBrowser(s)
		b.from = fmt.Sprintf("198.51.%d.%d", round/250, round%250)
		began := time.Now()
		begun := b.once("POST", "/signin", url.Values{"name": {name}, "return_to": {""}, "client": {""}})
		begin = time.Since(began)
		began = time.Now()
		asked := b.once("POST", begun.to()+"/approval", url.Values{})
		if asked.status != http.StatusSeeOther {
			t.Fatalf("asking was answered %d", asked.status)
		}
		return begin, time.Since(began)
	}
	timed(t, func() []string {
		took := make([][]time.Duration, 4)
		for round := range n {
			for i, name := range []string{"mara-77", "null-77"} {
				begin, ask := sample(name, round)
				took[i], took[2+i] = append(took[i], begin), append(took[2+i], ask)
			}
		}
		var differ []string
		for i, step := range []string{"beginning", "asking"} {
			if low, high, median := interval(took[2*i], took[2*i+1]); !alike(low, high, median) {
				differ = append(differ, fmt.Sprintf("%s for an unknown name takes %v to %v more than for a known one, %v", step, low, high, median))
			}
		}
		return differ
	})
}

package checks

import (
	"context"
	"regexp"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/phone"
)

var codeShown = regexp.MustCompile(`#enrol=([0-9A-Z]{26})`)

// claim enrols a phone by the code on the browser's page, up to its safety
// code.
func claim(b *browser, name string) *phone.Enrolled {
	b.t.Helper()
	m := codeShown.FindStringSubmatch(b.shown)
	if m == nil {
		b.t.Fatalf("%s shows no enrolment address:\n%s", b.where, b.shown)
	}
	e, err := enrol(b.s, m[1], name)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func enrol(s *server, code, name string) (*phone.Enrolled, error) {
	key, err := phone.NewKey()
	if err != nil {
		return nil, err
	}
	client := &phone.Client{Issuer: s.issuer}
	return client.Enrol(context.Background(), phone.Enrolment{Code: code, Key: key, Name: name, Platform: countersign.Desktop, Version: "1.0.0"})
}

// withPhone signs a browser in by password and adds a phone the whole way.
func withPhone(s *server, name string) (*browser, *phone.Device) {
	s.t.Helper()
	b := newBrowser(s)
	b.begin(name).password(goodPassword)
	b.finish()
	b.get("/security").submit("/security/phones", nil)
	e := claim(b, "Pixel 9")
	b.get(b.where.Path)
	b.submit("/confirm", map[string]string{"safety": e.Safety})
	// The last step of enrolment is a real approval.
	if state, code := decide(e.Device, waiting(s.t, e.Device), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
		s.t.Fatalf("the test approval gave %q, %q", state, code)
	}
	return b, e.Device
}

// finish presses Continue where the page offers it.
func (b *browser) finish() *browser {
	b.t.Helper()
	if b.has("/finish") {
		b.submit("/finish", nil)
	}
	return b
}

// waiting is the one request that waits on a phone.
func waiting(t *testing.T, d *phone.Device) phone.Request {
	t.Helper()
	all, err := d.Requests(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d requests wait; want one", len(all))
	}
	return all[0]
}

func decide(d *phone.Device, r phone.Request, decision countersign.Decision, number string) (countersign.ApprovalState, phone.Code) {
	state, err := d.Decide(context.Background(), r, decision, number)
	return state, phone.CodeOf(err)
}

// TestFromAFreshMachineToASignInApprovedOnAPhone is the whole way: a relying
// party asks, the page shows a number, the phone shows who asks, the person
// types the number, the relying party has its user.
func TestFromAFreshMachineToASignInApprovedOnAPhone(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a := s.account("mara")
		_, device := withPhone(s, "mara")
		client, secret := s.party("https://payroll.example.org/callback")
		b := newBrowser(s)
		flow := newFlow(s, client, secret)
		b.get(flow.address())
		if !strings.Contains(b.shown, "Payroll") {
			t.Errorf("the page does not say to what one signs in:\n%s", b.shown)
		}
		b.submit("/signin", map[string]string{"name": "mara"}).password(goodPassword)
		number := b.number()
		if len(number) != countersign.DigitsUnfamiliar {
			t.Errorf("an unfamiliar browser shows %d digits; want %d", len(number), countersign.DigitsUnfamiliar)
		}
		r := waiting(t, device)
		if r.Context.Client != "Payroll" || r.Context.Host != "payroll.example.org" || r.Context.Browser != "Firefox" || r.Context.System != "Windows" || r.Context.Known || r.Context.Place != "unknown" {
			t.Errorf("the phone is shown %+v", r.Context)
		}
		if state, code := decide(device, r, countersign.Approve, number); state != countersign.ApprovalApproved {
			t.Fatalf("approving gave %q, %q", state, code)
		}
		b.get(b.where.Path).finish()
		claims := flow.redeem(b.where)
		if claims["sub"] != a.ID || claims["preferred_username"] != "mara" || claims["acr"] != countersign.ACRTwoFactors {
			t.Errorf("the relying party was told %v", claims)
		}
		again := newFlow(s, client, secret)
		b.get(again.address()) // a live session: straight back with a code
		if again.redeem(b.where)["sub"] != a.ID {
			t.Error("a live session did not sign in again")
		}
		b2 := newBrowser(s)
		b2.http.Jar = b.http.Jar
		b2.get("/signout").submit("/signout", nil)
		b2.begin("mara").password(goodPassword)
		if n := b2.number(); len(n) != countersign.DigitsFamiliar {
			t.Errorf("a familiar browser shows %d digits; want %d", len(n), countersign.DigitsFamiliar)
		}
	})
}

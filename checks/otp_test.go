package checks

import (
	"cmp"
	"encoding/base32"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otp"
)

// midStep is a time in the middle of a TOTP step, so that a test's codes do
// not change under it.
var midStep = time.Unix(1_790_000_000/30*30+15, 0)

var keyShown = regexp.MustCompile(`id="key">([A-Z2-7 ]+)<`)

// withPasscode adds an app that shows codes to the account of a browser with a
// fresh session. The code of the server's present is spent by it.
func withPasscode(b *browser) countersign.Entry {
	b.t.Helper()
	b.get("/security").submit("/security/passcodes", map[string]string{"name": "Codes"})
	m := keyShown.FindStringSubmatch(b.shown)
	if m == nil {
		b.t.Fatalf("%s shows no key:\n%s", b.where, b.shown)
	}
	seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(m[1], " ", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	e := countersign.Entry{Type: countersign.TOTP, Secret: countersign.NewSecret(seed), Algorithm: countersign.SHA1, Digits: 6, Period: 30}
	if b.submit("/confirm", map[string]string{"code": codeAt(b.s, e, 0)}); b.where.Path != "/security" {
		b.t.Fatalf("the first code was refused: %s\n%s", b.where, b.shown)
	}
	return e
}

// codeAt is what the app shows some steps from the server's now.
func codeAt(s *server, e countersign.Entry, steps int) string {
	s.t.Helper()
	code, err := otp.Code(e, s.now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// codesFor is an account that signs in by password and passcode.
func codesFor(s *server, name string) (countersign.Account, countersign.Entry) {
	s.t.Helper()
	a := s.account(name)
	b := newBrowser(s)
	b.begin(name).password(goodPassword).finish()
	return a, withPasscode(b)
}

// passcode types a code, and tells what the page said of it: "" for accepted.
func (b *browser) passcode(code string) string {
	b.t.Helper()
	b.get("/signin/"+b.attempt()+"?way=passcode").submit("/passcode", map[string]string{"code": code})
	return b.where.Query().Get("said")
}

func TestA1APasscodeIsSpentOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		a, e := codesFor(s, "mara")
		enrolling := codeAt(s, e, 0)
		if said := newBrowser(s).begin("mara").password(goodPassword).passcode(enrolling); said != "passcode-spent" {
			t.Errorf("the code that confirmed the app signed in: %q; want passcode-spent", said)
		}
		s.advance(30 * time.Second)
		code := codeAt(s, e, 0)
		b := newBrowser(s)
		if said := b.begin("mara").password(goodPassword).passcode(code); said != "" {
			t.Fatalf("a good code was refused: %q", said)
		}
		if !b.finish().signedIn() {
			t.Error("password and passcode did not sign in")
		}
		if said := newBrowser(s).begin("mara").password(goodPassword).passcode(code); said != "passcode-spent" {
			t.Errorf("the second use of a code: %q; want passcode-spent", said)
		}
		// By another way: for a relying party, before any password.
		client, secret := s.party("https://payroll.example.org/callback")
		c := newBrowser(s)
		c.get(newFlow(s, client, secret).address()).submit("/signin", map[string]string{"name": "mara"})
		if said := c.passcode(code); said != "passcode-spent" {
			t.Errorf("the third use of a code, by another way: %q; want passcode-spent", said)
		}
		if proved, again := s.events(a.ID, "passcode.proved"), s.events(a.ID, "passcode.spent-again"); proved != 1 || again != 3 {
			t.Errorf("%d uses and %d refused repetitions are audited; want 1 and 3", proved, again)
		}
	})
}

func TestA2OnePasscodeSixtyFourTimesAtOnceIsOneSuccess(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		a, e := codesFor(s, "mara")
		s.advance(30 * time.Second)
		code := codeAt(s, e, 0)
		browsers := make([]*browser, 64)
		for i := range browsers {
			browsers[i] = newBrowser(s)
			browsers[i].from = fmt.Sprintf("192.0.2.%d", i)
			browsers[i].begin("mara")
		}
		answers := race(len(browsers), func(i int) answer {
			b := browsers[i]
			return b.once("POST", "/signin/"+b.attempt()+"/passcode", url.Values{"code": {code}})
		})
		if n := count(answers, func(a answer) bool { return a.status == http.StatusSeeOther && !strings.Contains(a.to(), "said=") }); n != 1 {
			t.Errorf("%d of 64 uses of one code succeeded; want one", n)
		}
		if n := s.events(a.ID, "passcode.proved"); n != 1 {
			t.Errorf("%d successes are audited; want one", n)
		}
	})
}

func TestA8OnlyStepsNearNowAndNeverBackwards(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		_, e := codesFor(s, "mara")
		s.advance(time.Hour)
		b := newBrowser(s)
		for _, tt := range []struct {
			step int
			said string
		}{
			{-2, "passcode-wrong"}, {+2, "passcode-wrong"},
			{0, ""},
			{-1, "passcode-spent"}, {0, "passcode-spent"},
			{+1, ""},
			{0, "passcode-spent"}, {+1, "passcode-spent"},
		} {
			// The password comes last: the first code alone is half a sign-in.
			if said := b.begin("mara").passcode(codeAt(s, e, tt.step)); said != tt.said {
				t.Errorf("the code of step %+d was answered %q; want %q", tt.step, said, tt.said)
			}
		}
	})
}

// arm is one of the cases that a stranger must not tell apart.
type arm struct {
	name    string // of the account; all are equally long, and no word of a page
	subject string // whose attempts are counted
	typed   string
}

// a5Arms are the accounts of check A5. The locked one is tried with what would
// be right.
func a5Arms(s *server) (codes, passwords []arm) {
	s.t.Helper()
	erred, e := codesFor(s, "erred-7")
	plain := s.account("plain-7")
	locked, eLocked := codesFor(s, "shuts-7")
	s.advance(30 * time.Second)
	if err := s.Admin.Lock(s.t.Context(), locked.ID); err != nil {
		s.t.Fatal(err)
	}
	unknown := countersign.SignIn{Name: "ghost-7"}.ThrottleSubject()
	no := "000000"
	if no == codeAt(s, e, 0) || no == codeAt(s, e, 1) || no == codeAt(s, e, -1) {
		no = "000001"
	}
	codes = []arm{{"erred-7", erred.ID, no}, {"ghost-7", unknown, no}, {"plain-7", plain.ID, no}, {"shuts-7", locked.ID, codeAt(s, eLocked, 0)}}
	passwords = []arm{{"erred-7", erred.ID, "not this battery here"}, {"ghost-7", unknown, goodPassword}, {"shuts-7", locked.ID, goodPassword}}
	return codes, passwords
}

var masked = regexp.MustCompile(`[a-z2-7]{26}|[A-Za-z0-9_-]{43}|seen=[A-Za-z0-9_-]{12}|__Host-signin-[a-z2-7]{8}`)

// told is all of an answer that a stranger sees, with ids, secrets and the time
// masked, and the name that was typed.
func (a answer) told(name string) string {
	h := a.header.Clone()
	for _, stamp := range []string{"Date", "Countersign-Time"} {
		if h.Get(stamp) != "" {
			h.Set(stamp, "TIME")
		}
	}
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	if err := h.Write(&b); err != nil {
		fmt.Fprintln(&b, err)
	}
	b.WriteString(a.body)
	return strings.ReplaceAll(masked.ReplaceAllString(b.String(), "MASKED"), name, "NAME")
}

func TestA5AStrangerCannotTellWhyASecondProofWasRefused(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		codes, passwords := a5Arms(s)
		for way, arms := range map[string][]arm{"passcode": codes, "password": passwords} {
			field := map[string]string{"passcode": "code", "password": "password"}[way]
			var want []string
			for i, arm := range arms {
				b := newBrowser(s)
				b.from = "192.0.2.7"
				var got []string
				begun := b.once("POST", "/signin", url.Values{"name": {arm.name}, "return_to": {""}, "client": {""}})
				at := begun.to()
				got = append(got, begun.told(arm.name), b.once("GET", at+"?way="+way, nil).told(arm.name))
				refused := b.once("POST", at+"/"+way, url.Values{field: {arm.typed}})
				got = append(got, refused.told(arm.name), b.once("GET", refused.to(), nil).told(arm.name), b.once("POST", at+"/finish", url.Values{}).told(arm.name))
				if !strings.Contains(refused.to(), "said="+way+"-wrong") {
					t.Fatalf("%s of %s was answered %d %s", way, arm.name, refused.status, refused.to())
				}
				if i == 0 {
					want = got
					continue
				}
				for step := range got {
					if got[step] != want[step] {
						t.Errorf("%s, step %d: %q answers\n%s\nand %q answers\n%s", way, step, arms[0].name, want[step], arm.name, got[step])
					}
				}
			}
		}
	})
}

// sampled times what each arm's attempt costs, interleaved, and reports the
// arms whose median differs from the first one's.
func sampled(s *server, way string, arms []arm, samples int) []string {
	field := map[string]string{"passcode": "code", "password": "password"}[way]
	factor := map[string]countersign.Factor{"passcode": countersign.FactorPasscode, "password": countersign.FactorPassword}[way]
	b := make([]*browser, len(arms))
	took := make([][]time.Duration, len(arms))
	for round := range samples {
		for i, arm := range arms {
			if round%64 == 0 { // attempts live ten minutes, and the clock stands still
				b[i] = newBrowser(s)
				b[i].from = fmt.Sprintf("192.0.2.%d", round%250)
				b[i].begin(arm.name)
			}
			b[i].from = fmt.Sprintf("198.51.%d.%d", round/250, round%250)
			// All are within the free attempts, so that all are evaluated.
			if round%4 == 0 {
				if err := s.Store.Release(s.t.Context(), arm.subject, factor); err != nil {
					s.t.Fatal(err)
				}
			}
			fields := url.Values{field: {arm.typed}}
			path := "/signin/" + b[i].attempt() + "/" + way
			began := time.Now()
			a := b[i].once("POST", path, fields)
			took[i] = append(took[i], time.Since(began))
			if !strings.Contains(a.to(), "said="+way+"-wrong") {
				s.t.Fatalf("%s of %s was answered %d %s", way, arm.name, a.status, a.to())
			}
		}
	}
	var differ []string
	for i := 1; i < len(arms); i++ {
		if low, high, median := interval(took[0], took[i]); !alike(low, high, median) {
			differ = append(differ, fmt.Sprintf("%s of %q takes %v to %v more than of %q, which takes %v", way, arms[i].name, low, high, arms[0].name, median))
		}
	}
	return differ
}

// interval is the 95 % interval of the median of the paired differences, by
// order statistics, and the median of what they are compared with.
func interval(base, other []time.Duration) (low, high, median time.Duration) {
	n := len(base)
	differences := make([]time.Duration, n)
	for i := range base {
		differences[i] = other[i] - base[i]
	}
	slices.Sort(differences)
	sorted := slices.SortedFunc(slices.Values(base), cmp.Compare[time.Duration])
	half := int(math.Ceil(1.96 * math.Sqrt(float64(n)) / 2))
	return differences[max(0, n/2-half)], differences[min(n-1, n/2+half)], sorted[n/2]
}

func alike(low, high, median time.Duration) bool {
	if low <= 0 && high >= 0 {
		return true
	}
	most := max(low.Abs(), high.Abs())
	return most < median/20 || most < 300*time.Microsecond
}

// timed fails when a difference shows in each of three measurements: chance
// alone shows one in twenty of them, a leak shows all.
func timed(t *testing.T, measure func() []string) {
	t.Helper()
	for again := range 3 {
		differ := measure()
		if len(differ) == 0 {
			return
		}
		if again == 2 {
			t.Error(strings.Join(differ, "\n"))
		}
	}
}

// samples is how many of each arm are taken, in every run and in the long one.
func samples(t *testing.T) int {
	t.Helper()
	if raced {
		t.Skip("SKIPPED: it measures time, which the race detector spends unevenly; it runs without -race")
	}
	if os.Getenv("COUNTERSIGN_SOAK") != "" {
		return 1000
	}
	return 200
}

func TestTimingA5EveryRefusalTakesTheSameTime(t *testing.T) {
	n := samples(t)
	s := start(t, proxied)
	s.stopClock(midStep)
	codes, passwords := a5Arms(s)
	timed(t, func() []string { return sampled(s, "passcode", codes, n) })
	timed(t, func() []string { return sampled(s, "password", passwords, n) })
}

func TestA4AfterTooManyWrongCodesTheRightOneWaits(t *testing.T) {
	s := start(t, proxied)
	s.stopClock(midStep)
	_, e := codesFor(s, "mara")
	s.advance(time.Hour)
	for i := range countersign.PasscodeLimits.Free {
		b := newBrowser(s)
		b.from = fmt.Sprintf("203.0.113.%d", i)
		if said := b.begin("mara").passcode("000000"); said != "passcode-wrong" {
			t.Fatalf("a wrong code was answered %q", said)
		}
	}
	b := newBrowser(s)
	b.from = "203.0.113.200"
	if said := b.begin("mara").passcode(codeAt(s, e, 0)); said != "passcode-wrong" {
		t.Errorf("after five wrong codes from five places the right one was answered %q; want passcode-wrong", said)
	}
	if said := b.begin("mara").password(goodPassword); !said.has("/passcode") {
		t.Errorf("the password does not go on to the code:\n%s", b.shown)
	}
	s.advance(countersign.PasscodeLimits.Delay)
	if said := b.passcode(codeAt(s, e, 0)); said != "" {
		t.Errorf("after the pause the right code was answered %q", said)
	}
}

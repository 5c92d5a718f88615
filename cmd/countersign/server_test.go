package main

// The whole way, against the real server over HTTP: this program on one side,
// a browser as small as it can be on the other.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
)

const password = "correct horse battery staple"

var operator = enrolment.Asker{Actor: admin.Operator}

// world is a running server with one account, mara, who has a password.
type world struct {
	*serve.Server
	t       *testing.T
	account countersign.Account
}

func newWorld(t *testing.T) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := serve.Defaults()
	c.Folder, c.Listen, c.Name = t.TempDir(), listener.Addr().String(), "Example Org"
	c.Issuer = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	server, err := serve.New(ctx, c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && err != http.ErrServerClosed {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	account, err := server.Admin.CreateAccount(ctx, "mara", "Mara", countersign.Person, countersign.NewSecret([]byte(password)))
	if err != nil {
		t.Fatal(err)
	}
	return &world{server, t, account}
}

// shell is one computer with its vault.
type shell struct {
	t     *testing.T
	vault string
	now   func() time.Time
}

func newShell(t *testing.T) *shell {
	return &shell{t: t, vault: filepath.Join(t.TempDir(), "vault"), now: time.Now}
}

// run runs a command and gives what it printed.
func (s *shell) run(args ...string) (stdout, stderr string, exit int) {
	var out, complaint bytes.Buffer
	exit = s.runTo(&out, &complaint, args...)
	return out.String(), complaint.String(), exit
}

func (s *shell) runTo(out, complaint io.Writer, args ...string) int {
	return run(append([]string{"--vault", s.vault}, args...), program{
		stdin: strings.NewReader(""), stdout: out, stderr: complaint, now: s.now,
		http: &http.Client{Timeout: 10 * time.Second}, environ: func(string) string { return "" },
	})
}

// must is run for a command that is to succeed.
func (s *shell) must(args ...string) string {
	s.t.Helper()
	out, complaint, exit := s.run(args...)
	if exit != 0 {
		s.t.Fatalf("countersign %s: exit %d\n%s%s", strings.Join(args, " "), exit, out, complaint)
	}
	return out
}

// fails is run for a command that is to fail in a given way.
func (s *shell) fails(exit int, code string, args ...string) map[string]any {
	s.t.Helper()
	out, complaint, got := s.run(append([]string{"--json"}, args...)...)
	var answer struct{ Error map[string]any }
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		s.t.Fatalf("countersign %s: exit %d, %v\n%s%s", strings.Join(args, " "), got, err, out, complaint)
	}
	if got != exit || answer.Error["code"] != code {
		s.t.Fatalf("countersign %s: got exit %d and %v, want %d and %s", strings.Join(args, " "), got, answer.Error, exit, code)
	}
	return answer.Error
}

// enrol takes a shell all the way to an active device.
func (w *world) enrol(s *shell) {
	w.t.Helper()
	binding, code, err := w.Enrolment.Open(context.Background(), w.account.ID, operator)
	if err != nil {
		w.t.Fatal(err)
	}
	var shown accountShown
	w.parse(s.must("--json", "enrol", w.Enrolment.Address(code), "--name", "laptop", "--no-wait"), &shown)
	if _, left, err := w.Enrolment.Confirm(context.Background(), binding.ID, shown.Safety, operator); err != nil {
		w.t.Fatal(err, left)
	}
	if out := s.must("status"); !strings.Contains(out, "active, as laptop") {
		w.t.Fatalf("status: %s", out)
	}
}

func (w *world) parse(out string, to any) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(out), to); err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
}

// browser keeps cookies as browsers do on loopback, where http counts as
// secure.
type browser struct {
	w       *world
	cookies map[string]string
}

func (w *world) browser() *browser { return &browser{w, map[string]string{}} }

// do makes a request, follows where it leads, and gives the last page.
func (b *browser) do(method, path string, form url.Values) (at string, page string, status int) {
	b.w.t.Helper()
	for range 5 {
		var body io.Reader
		if method == http.MethodPost {
			body = strings.NewReader(form.Encode())
		}
		request, err := http.NewRequest(method, b.w.Config.Issuer+path, body)
		if err != nil {
			b.w.t.Fatal(err)
		}
		request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
		if body != nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		for name, value := range b.cookies {
			request.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			b.w.t.Fatal(err)
		}
		for _, c := range response.Cookies() {
			if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
				delete(b.cookies, c.Name)
			}
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			b.w.t.Fatal(err)
		}
		if response.StatusCode != http.StatusSeeOther {
			return path, string(text), response.StatusCode
		}
		method, path = http.MethodGet, strings.TrimPrefix(response.Header.Get("Location"), b.w.Config.Issuer)
	}
	b.w.t.Fatalf("%s leads round in circles", path)
	return "", "", 0
}

var numberOnPage = regexp.MustCompile(`data-number="([0-9]+)"`)

// ask begins a sign-in by phone, and reads the number on its page.
func (b *browser) ask() (attempt, number string) {
	b.w.t.Helper()
	at, page, _ := b.do("POST", "/signin", url.Values{"name": {"mara"}, "return_to": {"/security"}, "client": {""}})
	attempt, _, _ = strings.Cut(at, "?")
	if !numberOnPage.MatchString(page) {
		at, page, _ = b.do("POST", attempt+"/approval", url.Values{})
	}
	found := numberOnPage.FindStringSubmatch(page)
	if found == nil {
		b.w.t.Fatalf("no number at %s:\n%s", at, page)
	}
	return attempt, found[1]
}

// waiting is the one request that a shell sees.
func (w *world) waiting(s *shell) requestShown {
	w.t.Helper()
	var answer struct{ Requests []requestShown }
	w.parse(s.must("--json", "pending"), &answer)
	if len(answer.Requests) != 1 {
		w.t.Fatalf("got %d requests, want 1", len(answer.Requests))
	}
	return answer.Requests[0]
}

func TestEnrolThenApproveASignIn(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	b := w.browser()
	attempt, number := b.ask()
	asked := w.waiting(s)
	if asked.Host == "" || asked.Client == "" || asked.Account != "mara" || asked.Browser != "Firefox" || asked.Known || asked.Digits != len(number) {
		t.Errorf("the request is shown as %+v", asked)
	}
	if out := s.must("pending"); !strings.Contains(out, asked.ID[:6]) || strings.Contains(out, number) {
		t.Errorf("pending: %s", out)
	}
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, number)
	if f := s.fails(exitRefused, "number-wrong", "approve", asked.ID[:6], "--number", wrong); f["tries_left"] != 2.0 {
		t.Errorf("after one wrong number: %v", f)
	}
	s.fails(exitUsage, "usage", "approve", asked.ID, "--number", number+"0")
	s.fails(exitUsage, "number-needed", "approve", asked.ID)
	s.fails(exitNone, "not-found", "approve", "zzzz", "--number", number)
	if out := s.must("approve", asked.ID[:6], "--number", number); !strings.HasPrefix(out, "Approved.") {
		t.Errorf("approve: %s", out)
	}
	if out := s.must("pending"); out != "Nothing waits.\n" {
		t.Errorf("after it: %s", out)
	}
	// The phone is one factor; the account has a password, which is the other.
	b.do("POST", attempt+"/password", url.Values{"password": {password}})
	at, _, status := b.do("POST", attempt+"/finish", url.Values{})
	if status != 200 || b.cookies["__Host-session"] == "" {
		t.Errorf("the browser is at %s, status %d, and not signed in", at, status)
	}
}

func TestDenyAndReport(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	for verb, want := range map[string]string{"deny": "denied", "report": "reported"} {
		b := w.browser()
		attempt, _ := b.ask()
		id := w.waiting(s).ID
		var answer struct{ State string }
		w.parse(s.must("--json", verb, id[:8]), &answer)
		if answer.State != want {
			t.Errorf("%s: got %q, want %q", verb, answer.State, want)
		}
		b.do("POST", attempt+"/finish", url.Values{})
		if b.cookies["__Host-session"] != "" {
			t.Errorf("%s: the browser is signed in", verb)
		}
		s.fails(exitNone, "not-found", verb, id)
	}
}

func TestThreeWrongNumbersEndIt(t *testing.T) { // check B2
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	_, number := w.browser().ask()
	id := w.waiting(s).ID
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, number)
	for left := 2.0; left >= 0; left-- {
		if f := s.fails(exitRefused, "number-wrong", "approve", id, "--number", wrong); f["tries_left"] != left {
			t.Errorf("got %v, want %v left", f, left)
		}
	}
	s.fails(exitNone, "not-found", "approve", id, "--number", number)
}

func TestEnrolWaitsForTheDigits(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	ctx := context.Background()
	binding, code, err := w.Enrolment.Open(ctx, w.account.ID, operator)
	if err != nil {
		t.Fatal(err)
	}
	out := newLines()
	exit := make(chan int)
	go func() {
		exit <- s.runTo(out, io.Discard, "--json", "enrol", w.Config.Issuer, enrolment.Grouped(code), "--name", "laptop")
	}()
	var first, second accountShown
	w.parse(out.next(t), &first)
	if first.State != "pending" || first.ServerName != "Example Org" || first.Account != "mara" {
		t.Errorf("at once: %+v", first)
	}
	if _, _, err := w.Enrolment.Confirm(ctx, binding.ID, first.Safety, operator); err != nil {
		t.Fatal(err)
	}
	w.parse(out.next(t), &second)
	if got := <-exit; got != 0 || second.State != "active" || second.Safety != "" {
		t.Errorf("then: exit %d, %+v", got, second)
	}
	if out := s.must("accounts"); !strings.Contains(out, "active") {
		t.Errorf("accounts: %s", out)
	}
}

func TestThreeWrongSafetyCodesEndTheEnrolment(t *testing.T) { // check C2
	w, s := newWorld(t), newShell(t)
	ctx := context.Background()
	binding, code, err := w.Enrolment.Open(ctx, w.account.ID, operator)
	if err != nil {
		t.Fatal(err)
	}
	out := newLines()
	exit := make(chan int)
	go func() { exit <- s.runTo(out, io.Discard, "--json", "enrol", w.Enrolment.Address(code)) }()
	var shown accountShown
	w.parse(out.next(t), &shown)
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, shown.Safety)
	for range 3 {
		if _, _, err := w.Enrolment.Confirm(ctx, binding.ID, wrong, operator); err == nil {
			t.Fatal("the wrong digits were taken")
		}
	}
	if last := out.next(t); <-exit != exitOver || !strings.Contains(last, "enrolment-over") {
		t.Errorf("got %s", last)
	}
	if out := s.must("accounts"); !strings.Contains(out, "not enrolled anywhere") {
		t.Errorf("the dead device is kept: %s", out)
	}
}

func TestACodeWorksOnce(t *testing.T) { // check E2
	w, s := newWorld(t), newShell(t)
	_, code, err := w.Enrolment.Open(context.Background(), w.account.ID, operator)
	if err != nil {
		t.Fatal(err)
	}
	address := w.Enrolment.Address(code)
	newShell(t).must("enrol", address, "--no-wait")
	s.fails(exitRefused, "code-unknown", "enrol", address, "--no-wait")
	// The device that waits cannot decide, and is told so.
	s.fails(exitNone, "no-devices", "pending")
}

func TestAPendingDeviceCannotDecide(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	_, code, err := w.Enrolment.Open(context.Background(), w.account.ID, operator)
	if err != nil {
		t.Fatal(err)
	}
	s.must("enrol", w.Enrolment.Address(code), "--no-wait")
	s.fails(exitRefused, "device-pending", "pending")
	if out := s.must("status"); !strings.Contains(out, "waits for the six digits") {
		t.Errorf("status: %s", out)
	}
}

func TestAClockThatIsOffLocksNobodyOut(t *testing.T) { // check J6
	for _, off := range []time.Duration{-5 * time.Minute, 5 * time.Minute, 400 * 24 * time.Hour} {
		w, s := newWorld(t), newShell(t)
		s.now = func() time.Time { return time.Now().Add(off) }
		w.enrol(s)
		b := w.browser()
		_, number := b.ask()
		asked := w.waiting(s)
		if asked.SecondsLeft < 50 || asked.SecondsLeft > 60 {
			t.Errorf("%v: %d seconds left, want about a minute", off, asked.SecondsLeft)
		}
		s.must("approve", asked.ID, "--number", number)
		if out := s.must("status"); !strings.Contains(out, "This computer's clock is") {
			t.Errorf("%v: status does not tell: %s", off, out)
		}
	}
}

func TestARemovedDeviceIsTold(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	devices, err := w.Store.Devices(context.Background(), w.account.ID)
	if err != nil || len(devices) != 1 {
		t.Fatal(err, len(devices))
	}
	if err := w.Enrolment.Revoke(context.Background(), w.account.ID, devices[0].ID, operator); err != nil {
		t.Fatal(err)
	}
	s.fails(exitOver, "device-unknown", "pending")
	if out := s.must("status"); !strings.Contains(out, "was removed there") {
		t.Errorf("status: %s", out)
	}
	s.must("remove", "mara", "--yes")
	if out := s.must("accounts"); !strings.Contains(out, "not enrolled anywhere") {
		t.Errorf("accounts: %s", out)
	}
}

func TestRemovingThisComputerEndsItAtTheServer(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	s.fails(exitUsage, "confirm", "remove", "mara")
	s.must("remove", "mara@"+strings.TrimPrefix(w.Config.Issuer, "http://"), "--yes")
	devices, err := w.Store.Devices(context.Background(), w.account.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.State != countersign.DeviceRevoked {
			t.Errorf("the server keeps %s %s", d.Name, d.State)
		}
	}
}

func TestEnrolledTwiceARequestIsListedOnce(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	w.enrol(s)
	_, number := w.browser().ask()
	s.must("approve", w.waiting(s).ID[:6], "--number", number)
}

func TestASilentServerIsNamed(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	s.must("add", "otpauth://totp/GitHub:mara?secret=JBSWY3DPEHPK3PXP")
	gone := &shell{t: t, vault: s.vault, now: s.now}
	// A port that was ours a moment ago and that nobody listens on.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	gone.fails(exitNoServer, "no-answer", "enrol", "http://"+address, "01ARZ3NDEKTSV4RRFFQ69G5FA0")
	gone.must("code", "GitHub")
}

func TestFollowTellsOfEachChange(t *testing.T) {
	w, s := newWorld(t), newShell(t)
	w.enrol(s)
	out := newLines()
	exit := make(chan int)
	go func() { exit <- s.runTo(out, io.Discard, "--json", "pending", "--follow") }()
	if got := out.next(t); got != `{"requests":[]}`+"\n" {
		t.Fatalf("at first: %s", got)
	}
	_, number := w.browser().ask()
	var answer struct{ Requests []requestShown }
	w.parse(out.next(t), &answer)
	if len(answer.Requests) != 1 {
		t.Fatalf("got %d requests, want 1", len(answer.Requests))
	}
	s.must("approve", answer.Requests[0].ID, "--number", number)
	if got := out.next(t); got != `{"requests":[]}`+"\n" {
		t.Errorf("after approving: %s", got)
	}
	// The channel ends with the device.
	s.must("remove", "mara", "--yes")
	if got := <-exit; got != exitOver {
		t.Errorf("got exit %d, want %d", got, exitOver)
	}
}

// Many devices in one process, each with its own key: what a load driver does.
func TestManyDevicesInOneProcess(t *testing.T) {
	w := newWorld(t)
	const devices = 8
	shells := make([]*shell, devices)
	for i := range shells {
		shells[i] = newShell(t)
		w.enrol(shells[i])
	}
	_, number := w.browser().ask()
	id := w.waiting(shells[0]).ID
	exits := make([]int, devices)
	var all sync.WaitGroup
	for i, s := range shells {
		all.Go(func() { _, _, exits[i] = s.run("approve", id, "--number", number) })
	}
	all.Wait()
	approved := 0
	for _, exit := range exits {
		switch exit {
		case exitDone:
			approved++
		case exitOver, exitNone: // another one was first
		default:
			t.Errorf("exit %d", exit)
		}
	}
	if approved != 1 { // check B10
		t.Errorf("%d of %d approvals counted, want 1", approved, devices)
	}
}

// lines is a writer whose lines can be waited for.
type lines struct{ c chan string }

func newLines() lines { return lines{make(chan string, 64)} }

func (l lines) Write(b []byte) (int, error) {
	l.c <- string(b)
	return len(b), nil
}

func (l lines) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-l.c:
		return line
	case <-time.After(30 * time.Second):
		t.Fatal(fmt.Errorf("nothing came"))
	}
	return ""
}

package checks

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign-id/countersign/store"
)

func auditQuery(accountID, kind string) store.AuditQuery {
	return store.AuditQuery{AccountID: accountID, Kind: kind, Limit: 100_000}
}

// browser plays one without script: pages, forms, cookies.
type browser struct {
	t      *testing.T
	s      *server
	http   *http.Client
	agent  string
	from   string // where it is, for a server that is proxied
	shown  string // the last page
	where  *url.URL
	status int
	header http.Header
}

func newBrowser(s *server) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &browser{t: s.t, s: s, agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	s.t.Cleanup(transport.CloseIdleConnections)
	b.http = &http.Client{Jar: jar, Transport: transport, Timeout: 60 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != s.at("/").Host {
			return http.ErrUseLastResponse // the relying party's: the test looks at it
		}
		return nil
	}}
	return b
}

func (b *browser) do(r *http.Request) *browser {
	b.t.Helper()
	b.dress(r)
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.shown, b.where, b.status, b.header = string(body), res.Request.URL, res.StatusCode, res.Header
	if to := res.Header.Get("Location"); to != "" {
		b.where = b.s.at(to)
	}
	return b
}

func (b *browser) dress(r *http.Request) {
	r.Header.Set("User-Agent", b.agent)
	if b.from != "" {
		r.Header.Set("X-Forwarded-For", b.from)
	}
}

// answer is one answer of the server, before any redirect was followed.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

// once sends one request with the browser's cookies, follows nothing, and
// leaves the page alone: several may run at once.
func (b *browser) once(method, path string, fields url.Values, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequest(method, b.s.at(path).String(), strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Error(err)
		return answer{}
	}
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	b.dress(r)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.s.send(r, &http.Client{Jar: b.http.Jar, Transport: b.http.Transport, Timeout: b.http.Timeout})
}

// send sends one request and reads its answer whole.
func (s *server) send(r *http.Request, client *http.Client) answer {
	s.t.Helper()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(r)
	if err != nil {
		s.t.Error(err)
		return answer{}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Error(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func (b *browser) get(path string) *browser {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.s.at(path).String(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, fields url.Values) *browser {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.s.at(path).String(), strings.NewReader(fields.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

var (
	formPattern  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	inputPattern = regexp.MustCompile(`<input[^>]*>`)
	namePattern  = regexp.MustCompile(` name="([^"]*)"`)
	valuePattern = regexp.MustCompile(` value="([^"]*)"`)
	numberShown  = regexp.MustCompile(`data-number="(\d+)"`)
)

// submit fills in and sends the form on the page whose action ends so, with
// the fields it came with.
func (b *browser) submit(action string, fill map[string]string) *browser {
	b.t.Helper()
	for _, form := range formPattern.FindAllStringSubmatch(b.shown, -1) {
		if !strings.HasSuffix(form[1], action) {
			continue
		}
		fields := url.Values{}
		for _, input := range inputPattern.FindAllString(form[2], -1) {
			if name := namePattern.FindStringSubmatch(input); name != nil {
				value := ""
				if v := valuePattern.FindStringSubmatch(input); v != nil {
					value = html.UnescapeString(v[1])
				}
				fields.Set(name[1], value)
			}
		}
		for name, value := range fill {
			if !fields.Has(name) {
				b.t.Fatalf("the form %s has no field %s", form[1], name)
			}
			fields.Set(name, value)
		}
		return b.post(html.UnescapeString(form[1]), fields)
	}
	b.t.Fatalf("%s shows no form %q:\n%s", b.where, action, b.shown)
	return b
}

func (b *browser) has(action string) bool {
	for _, form := range formPattern.FindAllStringSubmatch(b.shown, -1) {
		if strings.HasSuffix(form[1], action) {
			return true
		}
	}
	return false
}

// number is what the page shows for the phone.
func (b *browser) number() string {
	b.t.Helper()
	m := numberShown.FindStringSubmatch(b.shown)
	if m == nil {
		b.t.Fatalf("%s shows no number:\n%s", b.where, b.shown)
	}
	return m[1]
}

// attempt is the sign-in that this browser is in.
func (b *browser) attempt() string {
	parts := strings.Split(b.where.Path, "/")
	if len(parts) < 3 || parts[1] != "signin" {
		b.t.Fatalf("%s is no sign-in", b.where)
	}
	return parts[2]
}

// begin goes to the step after the user name.
func (b *browser) begin(name string) *browser {
	b.t.Helper()
	return b.get("/signin").submit("/signin", map[string]string{"name": name})
}

// password types the password of the account.
func (b *browser) password(secret string) *browser {
	b.t.Helper()
	return b.submit("/password", map[string]string{"password": secret})
}

// signedIn reports whether the browser has a session.
func (b *browser) signedIn() bool {
	b.t.Helper()
	b.get("/security")
	return b.where.Path == "/security" && b.status == http.StatusOK
}

func (b *browser) cookie(name string) string {
	for _, c := range b.http.Jar.Cookies(b.s.at("/")) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

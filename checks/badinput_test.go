package checks

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
	"github.com/countersign-id/countersign/core/statement"
	"github.com/countersign-id/countersign/phone"
	"github.com/go-jose/go-jose/v4"
)

// problem is a refusal as RFC 9457 spells it.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// problemOf reads an answer that must be a whole problem.
func problemOf(t *testing.T, what string, a answer) problem {
	t.Helper()
	var p problem
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%s was answered %d as %q:\n%s", what, a.status, kind, a.body)
		return p
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Status != a.status || p.Type != "about:blank#"+p.Code || p.Title == "" || p.Detail == "" {
		t.Errorf("%s was answered with no whole problem: %v\n%s", what, err, a.body)
	}
	return p
}

func (s *server) ask(method, path string, body []byte, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.issuer+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return s.send(r, &http.Client{})
}

func TestJSONIsReadStrictly(t *testing.T) {
	s := start(t, proxied)
	_, _, d := phoneFor(s, "mara")
	b := asking(s, "mara")
	r, number := waiting(t, d), b.number()
	signature := signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, number)))
	honest := body(d.ID, countersign.Approve, number, signature)
	inside := strings.TrimSuffix(honest, "}")
	for claim, sent := range map[string]string{
		"an unknown member": inside + `,"admin":true}`, "a doubled member": inside + `,"number":"` + other(number) + `"}`, "a member in another case": inside + `,"Number":"000000"}`,
		"null": `null`, "an empty body": ``, "an array": `[` + honest + `]`, "a text": `"approve"`, "a number for a text": strings.Replace(honest, `"approve"`, `1`, 1),
		"an object for a text": strings.Replace(honest, `"approve"`, `{}`, 1), "null for a text": strings.Replace(honest, `"approve"`, `null`, 1),
		"bytes after it": honest + `{}`, "a line after it": honest + "\n1", "half of it": honest[:len(honest)/2], "a missing member": `{"device":"` + d.ID + `"}`,
		"deep nesting": `{"device":` + strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000) + `}`, "bytes that are no text": "\xff\xfe" + honest,
		"padding in the signature": strings.Replace(honest, signature, signature+"==", 1), "a signature cut short": strings.Replace(honest, signature, signature[:80], 1),
	} {
		got := s.ask("POST", "/api/phone/v1/requests/"+r.ID+"/decision", []byte(sent), "Content-Type", "application/json")
		if p := problemOf(t, claim, got); p.Code != "bad-request" || p.Status != 400 {
			t.Errorf("%s was answered %d %s; want 400 bad-request", claim, p.Status, p.Code)
		}
	}
	for member, sent := range map[string]string{"admin": inside + `,"admin":true}`, "number": `{"device":"` + d.ID + `","decision":"approve","signature":"` + signature + `"}`} {
		if got := s.ask("POST", "/api/phone/v1/requests/"+r.ID+"/decision", []byte(sent)); !strings.Contains(problemOf(t, member, got).Detail, member) {
			t.Errorf("the detail does not name the member %s: %s", member, got.body)
		}
	}
	untouched(t, s, d, r, number)

	s.account("otto")
	_, code := adding(s, "otto")
	key, err := phone.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for claim, e := range map[string]phone.Enrolment{
		"a name of 65 characters": {Code: code, Key: key, Name: strings.Repeat("é", 65), Platform: countersign.Desktop, Version: "1"}, "a version of 33": {Code: code, Key: key, Name: "x", Platform: countersign.Desktop, Version: strings.Repeat("1", 33)},
		"a name that hides itself": {Code: code, Key: key, Name: "Pixel\u202e9", Platform: countersign.Desktop, Version: "1"}, "a name of spaces": {Code: code, Key: key, Name: " x ", Platform: countersign.Desktop, Version: "1"},
	} {
		if _, err := (&phone.Client{Issuer: s.issuer}).Enrol(t.Context(), e); phone.CodeOf(err) != phone.BadRequest {
			t.Errorf("%s was answered %v; want bad-request", claim, err)
		}
	}
	if _, err := enrol(s, code, "Pixel 9"); err != nil {
		t.Errorf("malformed enrolments spent the code: %v", err)
	}
}

func TestWhatIsTooLongIsNotRead(t *testing.T) {
	s := start(t, proxied)
	long := []byte(`{"code":"` + strings.Repeat("A", 64<<10) + `"}`)
	for _, path := range []string{"/api/phone/v1/enrolments", "/api/phone/v1/requests/" + strings.Repeat("a", 26) + "/decision"} {
		if p := problemOf(t, path, s.ask("POST", path, long)); p.Status != 413 || p.Code != "too-large" {
			t.Errorf("%s: 64 KiB and more were answered %d %s; want 413 too-large", path, p.Status, p.Code)
		}
	}
	for path, fields := range map[string]url.Values{
		"/signin": {"name": {strings.Repeat("a", 1<<20)}, "return_to": {""}, "client": {""}}, "/oidc/token": {"code": {strings.Repeat("a", 1<<20)}}, "/oidc/authorize": {"state": {strings.Repeat("a", 1<<20)}},
	} {
		got := s.ask("POST", path, []byte(fields.Encode()), "Content-Type", "application/x-www-form-urlencoded")
		if got.status < 400 || got.status >= 500 {
			t.Errorf("%s: a megabyte was answered %d; want a refusal", path, got.status)
		}
	}
	if got := s.ask("GET", "/signin?name="+strings.Repeat("a", 20<<10), nil); strings.Contains(got.body, strings.Repeat("a", 1000)) || got.status >= 500 {
		t.Errorf("a long address was answered %d", got.status)
	}
	if got := s.ask("GET", "/signin", nil, "X-Long", strings.Repeat("a", 64<<10)); got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KiB of headers were answered %d; want 431", got.status)
	}
}

func TestF1OnlyTheIssuersOwnHostIsAnswered(t *testing.T) {
	s := start(t, proxied)
	for _, host := range []string{"evil.example", "localhost", "localhost:1", "127.0.0.1:" + s.at("/").Port(), s.at("/").Host + ".evil.example", "evil.example:" + s.at("/").Port()} {
		for _, path := range []string{"/signin", "/api/time", "/.well-known/openid-configuration", "/healthz"} {
			if p := problemOf(t, host, s.ask("GET", path, nil, "Host", host)); p.Status != http.StatusMisdirectedRequest || p.Code != "misdirected" {
				t.Errorf("%s at the host %q was answered %d; want 421", path, host, p.Status)
			}
		}
	}
	got := s.ask("GET", "/.well-known/openid-configuration", nil, "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example", "X-Forwarded-Proto", "https")
	if strings.Contains(got.body, "evil") || !strings.Contains(got.body, s.issuer+"/oidc/token") {
		t.Errorf("a forwarded host is believed:\n%s", got.body)
	}
}

func TestAnotherMethodIsRefusedWithThoseThatWork(t *testing.T) {
	s := start(t, proxied)
	methods := make(map[string][]string)
	for _, r := range s.Routes {
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for path, known := range methods {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			if slices.Contains(known, method) {
				continue
			}
			address := strings.NewReplacer("{id}", strings.Repeat("a", 26), "{key}", "k", "{$}", "", "{version}", "v", "{file}", "f", "{name...}", "x").Replace(path)
			got := s.ask(method, address, nil)
			if p := problemOf(t, method+" "+path, got); p.Status != http.StatusMethodNotAllowed {
				t.Errorf("%s %s was answered %d; want 405", method, path, got.status)
			}
			for _, want := range known {
				if !strings.Contains(strings.Join(got.header.Values("Allow"), ","), want) {
					t.Errorf("%s %s: Allow is %q, without %s", method, path, got.header.Values("Allow"), want)
				}
			}
		}
	}
}

func TestASignedCallCountsForItsMethodPathBodyAndMinute(t *testing.T) {
	s := start(t, proxied)
	_, _, d := phoneFor(s, "mara")
	_, _, eve := phoneFor(s, "eve")
	const list, device = "/api/phone/v1/requests", "/api/phone/v1/device"
	call := func(key *ecdsa.PrivateKey, c statement.Call) string {
		text, err := c.Statement()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`Countersign device="%s", time="%d", signature="%s"`, c.Device, c.Time, signed(t, key, text.Bytes()))
	}
	honest := statement.Call{Issuer: s.issuer, Method: "GET", Path: list, Device: d.ID, Time: s.now().UnixMilli()}
	if got := s.ask("GET", list, nil, "Authorization", call(d.Key, honest)); got.status != http.StatusOK {
		t.Fatalf("an honest call was answered %d\n%s", got.status, got.body)
	}
	for claim, change := range map[string]func(*statement.Call){
		"another method": func(c *statement.Call) { c.Method = "DELETE" }, "another path": func(c *statement.Call) { c.Path = device }, "a query": func(c *statement.Call) { c.Path += "?x=1" },
		"another body": func(c *statement.Call) { c.Body = []byte("{}") }, "another server": func(c *statement.Call) { c.Issuer = "https://id.example.org" },
	} {
		changed := honest
		change(&changed)
		if p := problemOf(t, claim, s.ask("GET", list, nil, "Authorization", call(d.Key, changed))); p.Code != "signature-refused" {
			t.Errorf("a signature over %s was answered %d %s", claim, p.Status, p.Code)
		}
	}
	if p := problemOf(t, "another's key", s.ask("GET", list, nil, "Authorization", call(eve.Key, honest))); p.Code != "signature-refused" {
		t.Errorf("another device's key was answered %d %s", p.Status, p.Code)
	}
	// A signature of an earlier call, for the one that removes the phone.
	if p := problemOf(t, "a replay", s.ask("DELETE", device, nil, "Authorization", call(d.Key, honest))); p.Code != "signature-refused" {
		t.Errorf("a replay on another call was answered %d %s", p.Status, p.Code)
	}
	for off, code := range map[time.Duration]string{61 * time.Second: "clock-off", -61 * time.Second: "clock-off", 24 * time.Hour: "clock-off"} {
		old := honest
		old.Time = s.now().Add(off).UnixMilli()
		got := s.ask("GET", list, nil, "Authorization", call(d.Key, old))
		if p := problemOf(t, "an old call", got); p.Code != code || !strings.Contains(got.body, "server_time") {
			t.Errorf("a call %v off was answered %d %s; want %s with the server's time", off, p.Status, p.Code, code)
		}
	}
	good := call(d.Key, honest)
	for claim, header := range map[string][]string{
		"no header": nil, "two headers": {"Authorization", good, "Authorization", good}, "another scheme": {"Authorization", "Bearer x"}, "a parameter twice": {"Authorization", good + `, time="1"`},
		"a further parameter": {"Authorization", good + `, x="1"`}, "a missing one": {"Authorization", `Countersign device="` + d.ID + `"`}, "no quotes": {"Authorization", strings.ReplaceAll(good, `"`, "")},
		"a time with a zero": {"Authorization", strings.Replace(good, `time="`, `time="0`, 1)}, "a device that is no id": {"Authorization", strings.Replace(good, d.ID, "../../x", 1)},
	} {
		if p := problemOf(t, claim, s.ask("GET", list, nil, header...)); p.Code != "bad-request" {
			t.Errorf("%s was answered %d %s; want 400 bad-request", claim, p.Status, p.Code)
		}
	}
	// The session of a browser is no phone's.
	b := newBrowser(s)
	b.begin("eve").password(goodPassword)
	if got := b.once("GET", list, nil); got.status != 400 {
		t.Errorf("a browser's cookies were answered %d", got.status)
	}
	if _, err := d.Fetch(t.Context()); err != nil {
		t.Errorf("after the attacks the phone was answered %v", err)
	}
}

func TestAConfigurationWithAnUnknownKeyIsRefusedByName(t *testing.T) {
	for text, names := range map[string]string{
		"isuer = \"https://id.example.org\"\n": "isuer", "[approval]\nlive = \"60s\"\n": "approval.live", "[signin]\nsecond_facter = true\n": "signin.second_facter", "[throttle]\nfree = 3\n": "throttle",
		"name = 7\n": "line 1", "[approval]\nlife = \"soon\"\n": "soon", "name = \"a\"\nname = \"b\"\n": "line 2",
	} {
		path := filepath.Join(t.TempDir(), "countersign.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := serve.ReadConfig(path); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%q was read with %v; want a refusal that names %s", text, err, names)
		}
	}
	for claim, change := range map[string]func(*serve.Config){
		"issuer": func(c *serve.Config) { c.Issuer = "http://id.example.org" }, "approval.life": func(c *serve.Config) { c.Approval.Life = serve.Duration(time.Second) },
		"approval.digits": func(c *serve.Config) { c.Approval.Digits = 1 }, "signin.offered": func(c *serve.Config) { c.SignIn.Offered = []string{"sms"} },
		"behind_proxy": func(c *serve.Config) { c.BehindProxy = []string{"everyone"} }, "tls_key": func(c *serve.Config) { c.TLSCert = "x" },
	} {
		c := serve.Defaults()
		change(&c)
		if _, err := c.Effective(); err == nil || !strings.Contains(err.Error(), claim) {
			t.Errorf("%s out of bounds gave %v; want a refusal that names it", claim, err)
		}
	}
}

func TestH4AnIDTokenThatWeDidNotSignEndsNoSession(t *testing.T) {
	s := start(t, proxied)
	b, f, code := signedInWithCode(s)
	granted := f.exchange(code, nil)
	claims := f.claims(granted.IDToken)
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(granted.IDToken, ".")
	ours, err := jose.ParseSignedCompact(granted.IDToken, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	kid := ours.Signatures[0].Header.KeyID
	text := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	head := func(algorithm, kid string) string {
		return text([]byte(fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":"JWT"}`, algorithm, kid)))
	}
	keys := s.ask("GET", "/oidc/keys", nil).body
	hmacOver := func(key []byte, kid string) string {
		signed := head("HS256", kid) + "." + text(payload)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(signed))
		return signed + "." + text(mac.Sum(nil))
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	by := func(kid string) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: stranger, KeyID: kid}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		jws, err := signer.Sign(payload)
		if err != nil {
			t.Fatal(err)
		}
		compact, err := jws.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return compact
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(keys), &set); err != nil || len(set.Key(kid)) != 1 {
		t.Fatalf("the key set has no %s: %v", kid, err)
	}
	public, err := set.Key(kid)[0].Key.(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for claim, hint := range map[string]string{
		"alg none": head("none", kid) + "." + text(payload) + ".", "alg none with our signature": head("none", kid) + "." + parts[1] + "." + parts[2], "a MAC under our key set": hmacOver([]byte(keys), kid),
		"a MAC under our public key": hmacOver(public, kid), "a stranger's key under our kid": by(kid), "a stranger's key, unknown kid": by("unknown"), "a path as kid": by("../../../../dev/null"),
		"our signature over other claims": parts[0] + "." + text([]byte(strings.Replace(string(payload), f.client.ID, "another", 1))) + "." + parts[2], "RS256 named over ES256": head("RS256", kid) + "." + parts[1] + "." + parts[2],
		"no token at all": "x",
	} {
		got := b.once("GET", "/oidc/logout?"+url.Values{"id_token_hint": {hint}, "client_id": {f.client.ID}, "post_logout_redirect_uri": {f.client.LogoutURIs[0]}}.Encode(), nil)
		if strings.HasPrefix(got.to(), "https://payroll") {
			t.Errorf("%s was answered by signing out, to %s", claim, got.to())
		}
		if !b.signedIn() {
			t.Fatalf("%s ended the session", claim)
		}
	}
	got := b.once("GET", "/oidc/logout?"+url.Values{"id_token_hint": {granted.IDToken}, "post_logout_redirect_uri": {f.client.LogoutURIs[0]}}.Encode(), nil)
	if got.to() != f.client.LogoutURIs[0] || b.signedIn() {
		t.Errorf("our own ID token was answered %d to %q", got.status, got.to())
	}
}

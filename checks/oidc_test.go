package checks

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/go-jose/go-jose/v4"
)

// flow plays a relying party: one authorization code flow with PKCE.
type flow struct {
	s        *server
	client   countersign.Client
	secret   string
	verifier string
	nonce    string
	extra    url.Values
}

func newFlow(s *server, client countersign.Client, secret string) *flow {
	return &flow{s: s, client: client, secret: secret, verifier: drawn(), nonce: drawn(), extra: url.Values{}}
}

func drawn() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (f *flow) parameters() url.Values {
	sum := sha256.Sum256([]byte(f.verifier))
	q := url.Values{"client_id": {f.client.ID}, "redirect_uri": {f.client.RedirectURIs[0]}, "response_type": {"code"}, "scope": {"openid profile"},
		"state": {"s"}, "nonce": {f.nonce}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	for name, values := range f.extra {
		q[name] = values
	}
	return q
}

func (f *flow) address() string { return "/oidc/authorize?" + f.parameters().Encode() }

type tokenAnswer struct {
	status  int
	Access  string `json:"access_token"`
	IDToken string `json:"id_token"`
	Error   string `json:"error"`
}

// exchange redeems a code; change may alter the form.
func (f *flow) exchange(code string, change func(url.Values)) tokenAnswer {
	f.s.t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {f.client.RedirectURIs[0]}, "code_verifier": {f.verifier}}
	if change != nil {
		change(form)
	}
	r, err := http.NewRequest(http.MethodPost, f.s.url("/oidc/token"), strings.NewReader(form.Encode()))
	if err != nil {
		f.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(f.client.ID, f.secret)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		f.s.t.Error(err)
		return tokenAnswer{}
	}
	defer res.Body.Close()
	answer := tokenAnswer{status: res.StatusCode}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		f.s.t.Error(err)
	}
	return answer
}

// redeem takes the answer at the relying party's address and returns the
// claims of a verified ID token.
func (f *flow) redeem(at *url.URL) map[string]any {
	f.s.t.Helper()
	if got := at.Query().Get("iss"); got != f.s.issuer {
		f.s.t.Fatalf("%s: iss = %q", at, got)
	}
	answer := f.exchange(at.Query().Get("code"), nil)
	if answer.status != http.StatusOK {
		f.s.t.Fatalf("redeeming gave %d %s", answer.status, answer.Error)
	}
	return f.claims(answer.IDToken)
}

func (f *flow) claims(token string) map[string]any {
	f.s.t.Helper()
	res, err := http.Get(f.s.url("/oidc/keys"))
	if err != nil {
		f.s.t.Fatal(err)
	}
	defer res.Body.Close()
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(res.Body).Decode(&keys); err != nil {
		f.s.t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		f.s.t.Fatal(err)
	}
	payload, err := signed.Verify(keys)
	if err != nil {
		f.s.t.Fatal(err)
	}
	claims := make(map[string]any)
	if err := json.Unmarshal(payload, &claims); err != nil {
		f.s.t.Fatal(err)
	}
	if claims["nonce"] != f.nonce || claims["aud"] != f.client.ID || claims["iss"] != f.s.issuer {
		f.s.t.Errorf("the ID token is for another flow: %v", claims)
	}
	return claims
}

// userinfo asks with an access token.
func (f *flow) userinfo(access string) int {
	f.s.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, f.s.url("/oidc/userinfo"), nil)
	r.Header.Set("Authorization", "Bearer "+access)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		f.s.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// signedInWithCode is a browser with a session that has just got a code.
func signedInWithCode(s *server) (*browser, *flow, string) {
	s.account("otto")
	b := newBrowser(s)
	b.begin("otto").password(goodPassword).finish()
	client, secret := s.party("https://payroll.example.org/callback")
	f := newFlow(s, client, secret)
	b.get(f.address())
	code := b.where.Query().Get("code")
	if code == "" {
		s.t.Fatalf("no code at %s:\n%s", b.where, b.shown)
	}
	return b, f, code
}

func TestH1OnlyTheRegisteredAddressLetterByLetter(t *testing.T) {
	s := start(t, nil)
	client, secret := s.party("https://payroll.example.org/callback")
	for _, redirect := range []string{"https://payroll.example.org/callback/", "https://payroll.example.org/callback?x=1", "https://payroll.example.org:443/callback",
		"https://PAYROLL.example.org/callback", "https://payroll.example.org/Callback", "https://payroll.example.org/callback#f", "https://u@payroll.example.org/callback",
		"https://payroll.example.org/%63allback", "https://payroll.example.org.evil.example/callback", "http://payroll.example.org/callback", ""} {
		f := newFlow(s, client, secret)
		f.extra.Set("redirect_uri", redirect)
		b := newBrowser(s).get(f.address())
		if b.status != http.StatusBadRequest || b.header.Get("Location") != "" {
			t.Errorf("redirect_uri %q gave %d to %q; want 400 and no redirect", redirect, b.status, b.header.Get("Location"))
		}
	}
}

func TestH2ACodeIsRedeemedOnceAndItsReplayEndsWhatItGave(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		_, f, code := signedInWithCode(s)
		answers := race(64, func(int) tokenAnswer { return f.exchange(code, nil) })
		if n := count(answers, func(a tokenAnswer) bool { return a.status == http.StatusOK }); n != 1 {
			t.Errorf("%d of 64 redemptions succeeded; want one", n)
		}
		for _, a := range answers {
			if a.status == http.StatusOK && f.userinfo(a.Access) != http.StatusUnauthorized {
				t.Error("the access token lives on after its code was replayed")
			}
			if a.status != http.StatusOK && a.Error != "invalid_grant" {
				t.Errorf("a replay gave %d %s", a.status, a.Error)
			}
		}
	})
}

func TestH3PKCEIsNotOptional(t *testing.T) {
	s := start(t, nil)
	b, f, code := signedInWithCode(s)
	for name, change := range map[string]func(url.Values){
		"no challenge":  func(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") },
		"plain":         func(q url.Values) { q.Set("code_challenge_method", "plain") },
		"no method":     func(q url.Values) { q.Del("code_challenge_method") },
		"bad challenge": func(q url.Values) { q.Set("code_challenge", "short") },
	} {
		q := f.parameters()
		change(q)
		b.get("/oidc/authorize?" + q.Encode())
		if b.where.Query().Get("error") != "invalid_request" || b.where.Query().Get("code") != "" {
			t.Errorf("%s: answered %s", name, b.where)
		}
	}
	for name, verifier := range map[string]string{"wrong": drawn(), "missing": ""} {
		if a := f.exchange(code, func(q url.Values) { q.Set("code_verifier", verifier) }); a.status == http.StatusOK {
			t.Errorf("a %s verifier redeemed the code", name)
		}
	}
	if a := f.exchange(code, nil); a.status != http.StatusOK {
		t.Errorf("the right verifier gave %d %s", a.status, a.Error)
	}
}

func TestH7TheAnswerStatesTheTruth(t *testing.T) {
	s := start(t, nil)
	b, f, _ := signedInWithCode(s)
	f.extra.Set("acr_values", "phr")
	if b.get(f.address()); b.where.Query().Get("error") != "unmet_authentication_requirements" {
		t.Errorf("acr_values=phr answered %s", b.where)
	}
	f.extra = url.Values{"prompt": {"none"}, "acr_values": {countersign.ACRTwoFactors}}
	if b.get(f.address()); b.where.Query().Get("error") != "login_required" {
		t.Errorf("prompt=none with one factor answered %s", b.where)
	}
	f.extra = url.Values{"prompt": {"login"}}
	if b.get(f.address()); b.where.Path != "/signin" {
		t.Errorf("prompt=login did not ask again: %s", b.where)
	}
	f.extra = url.Values{}
	b.get(f.address())
	claims := f.redeem(b.where)
	if amr, _ := json.Marshal(claims["amr"]); string(amr) != `["pwd"]` || claims["acr"] != countersign.ACROneFactor {
		t.Errorf("a password alone is told as amr %v, acr %v", claims["amr"], claims["acr"])
	}
}

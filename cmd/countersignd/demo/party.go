package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// party is a relying party as its authors would write it: discovery, code
// flow with PKCE, ID token verified, claims shown.
type party struct {
	issuer, base, secret string
	http                 *http.Client
	mu                   sync.Mutex
	waiting              map[string]attempt // by state
	sessions             map[string]person  // by cookie
}

type attempt struct {
	verifier, nonce string
	began           time.Time
}

type person struct {
	idToken string
	claims  map[string]any
}

const (
	cookieState   = "demo-state"
	cookieSession = "demo-session"
	mostAttempts  = 100
)

func newParty(issuer, base, secret string) *party {
	return &party{issuer: issuer, base: base, secret: secret, http: &http.Client{Timeout: 10 * time.Second},
		waiting: make(map[string]attempt), sessions: make(map[string]person)}
}

func (p *party) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.front)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = w.Write([]byte(style))
	})
	mux.HandleFunc("POST /signin", p.signIn)
	mux.HandleFunc("GET /callback", p.callback)
	mux.HandleFunc("POST /signout", p.signOut)
	return mux
}

func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // fills or ends the program
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (p *party) signIn(w http.ResponseWriter, r *http.Request) {
	state, a := random(), attempt{random(), random(), time.Now()}
	p.mu.Lock()
	if len(p.waiting) >= mostAttempts {
		clear(p.waiting)
	}
	p.waiting[state] = a
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieState, Value: state, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 600})
	sum := sha256.Sum256([]byte(a.verifier))
	q := url.Values{"client_id": {clientID}, "redirect_uri": {p.base + "/callback"}, "response_type": {"code"}, "scope": {"openid profile"},
		"state": {state}, "nonce": {a.nonce}, "code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}}
	http.Redirect(w, r, p.issuer+"/oidc/authorize?"+q.Encode(), http.StatusSeeOther)
}

func (p *party) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	state := q.Get("state")
	cookie, err := r.Cookie(cookieState)
	p.mu.Lock()
	a, known := p.waiting[state]
	delete(p.waiting, state)
	p.mu.Unlock()
	switch {
	case err != nil || cookie.Value != state || !known:
		p.show(w, page{Problem: "This answer belongs to no sign-in of this browser. Begin again."})
		return
	case q.Get("error") != "":
		p.show(w, page{Problem: "The sign-in did not happen: " + q.Get("error") + " (" + q.Get("error_description") + ")"})
		return
	case q.Get("iss") != p.issuer:
		p.show(w, page{Problem: "The answer comes from another issuer."})
		return
	}
	who, err := p.exchange(r.Context(), q.Get("code"), a)
	if err != nil {
		p.show(w, page{Problem: "The sign-in could not be completed: " + err.Error()})
		return
	}
	session := random()
	p.mu.Lock()
	p.sessions[session] = who
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieSession, Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *party) exchange(ctx context.Context, code string, a attempt) (person, error) {
	var found struct {
		Token string `json:"token_endpoint"`
		Keys  string `json:"jwks_uri"`
	}
	if err := p.get(ctx, p.issuer+"/.well-known/openid-configuration", &found); err != nil {
		return person{}, err
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {p.base + "/callback"}, "code_verifier": {a.verifier}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, found.Token, strings.NewReader(form.Encode()))
	if err != nil {
		return person{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(clientID, p.secret)
	var answer struct {
		IDToken string `json:"id_token"`
		Error   string `json:"error_description"`
	}
	if err := p.do(req, &answer); err != nil {
		return person{}, err
	}
	if answer.Error != "" {
		return person{}, errors.New(answer.Error)
	}
	var keys jose.JSONWebKeySet
	if err := p.get(ctx, found.Keys, &keys); err != nil {
		return person{}, err
	}
	claims, err := verified(answer.IDToken, keys)
	if err != nil {
		return person{}, err
	}
	if claims["iss"] != p.issuer || claims["aud"] != clientID || claims["nonce"] != a.nonce {
		return person{}, errors.New("the ID token is not for this sign-in")
	}
	return person{answer.IDToken, claims}, nil
}

func verified(token string, keys jose.JSONWebKeySet) (map[string]any, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, err
	}
	for _, key := range keys.Key(signed.Signatures[0].Header.KeyID) {
		payload, err := signed.Verify(key)
		if err != nil {
			continue
		}
		claims := make(map[string]any)
		dec := json.NewDecoder(strings.NewReader(string(payload)))
		dec.UseNumber()
		return claims, dec.Decode(&claims)
	}
	return nil, errors.New("the ID token's signature does not fit")
}

func (p *party) get(ctx context.Context, address string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return p.do(req, v)
}

func (p *party) do(req *http.Request, v any) error {
	res, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(v)
}

func (p *party) signOut(w http.ResponseWriter, r *http.Request) {
	who, _ := p.person(r)
	if cookie, err := r.Cookie(cookieSession); err == nil {
		p.mu.Lock()
		delete(p.sessions, cookie.Value)
		p.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookieSession, Path: "/", MaxAge: -1})
	q := url.Values{"id_token_hint": {who.idToken}, "post_logout_redirect_uri": {p.base + "/"}}
	http.Redirect(w, r, p.issuer+"/oidc/logout?"+q.Encode(), http.StatusSeeOther)
}

func (p *party) person(r *http.Request) (person, bool) {
	cookie, err := r.Cookie(cookieSession)
	if err != nil {
		return person{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who, ok := p.sessions[cookie.Value]
	return who, ok
}

type page struct {
	Problem string
	Name    string
	Claims  []claim
}

type claim struct{ Name, Value string }

func (p *party) front(w http.ResponseWriter, r *http.Request) {
	who, ok := p.person(r)
	if !ok {
		p.show(w, page{})
		return
	}
	shown := page{Name: fmt.Sprint(who.claims["name"])}
	for name, value := range who.claims {
		shown.Claims = append(shown.Claims, claim{name, fmt.Sprint(value)})
	}
	slices.SortFunc(shown.Claims, func(a, b claim) int { return strings.Compare(a.Name, b.Name) })
	p.show(w, shown)
}

func (p *party) show(w http.ResponseWriter, shown page) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("Cache-Control", "no-store")
	if shown.Problem != "" {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = sheet.Execute(w, shown)
}

var sheet = template.Must(template.New("demo").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Payroll</title><link rel="stylesheet" href="/style.css"></head>
<body><main><p class="mark">Payroll <span>a demo application</span></p>
{{if .Problem}}<h1>That did not work</h1><p>{{.Problem}}</p><form method="post" action="/signin"><button>Sign in again</button></form>
{{else if .Claims}}<h1>Hello, {{.Name}}</h1><p>This is what Countersign says about you.</p>
<table>{{range .Claims}}<tr><th scope="row">{{.Name}}</th><td>{{.Value}}</td></tr>{{end}}</table>
<form method="post" action="/signout"><button>Sign out</button></form>
{{else}}<h1>Your pay slips</h1><p>Sign in to see them. Payroll never sees your password: Countersign asks you, and your phone.</p>
<form method="post" action="/signin"><button>Sign in with Countersign</button></form>{{end}}
</main></body></html>`))

const style = `:root{color-scheme:light dark;--paper:#fbfbf8;--ink:#14171c;--quiet:#5a6069;--line:#dcdcd4;--accent:#35458f;--on:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#101317;--ink:#eceef0;--quiet:#a0a7b0;--line:#2b3138;--accent:#a9b6ff;--on:#101317}}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,sans-serif}
main{max-width:560px;margin:0 auto;padding:32px 20px}
.mark{font-weight:600}.mark span{font-weight:400;color:var(--quiet);margin-inline-start:8px}
h1{font-size:28px;line-height:1.2;margin:32px 0 16px}
button{min-height:48px;padding:0 24px;border:0;border-radius:12px;background:var(--accent);color:var(--on);font:600 17px system-ui,sans-serif;margin-top:16px}
table{border-collapse:collapse;width:100%;font-size:15px}th,td{text-align:start;padding:8px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{font-weight:400;color:var(--quiet);padding-inline-end:16px;white-space:nowrap}`

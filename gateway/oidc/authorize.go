package oidc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/gateway"
)

// request is one authorization request that has passed every check but who
// the person is.
type request struct {
	Client    string   `json:"c"`
	Redirect  string   `json:"r"`
	Scope     string   `json:"s"`
	State     string   `json:"t,omitempty"`
	Nonce     string   `json:"n,omitempty"`
	Challenge string   `json:"p"`
	ACR       []string `json:"a,omitempty"`
	MaxAge    int      `json:"m"` // seconds; -1 when not asked
	Prompt    string   `json:"o,omitempty"`
	// Asked is when the request came: what prompt=login demands is that the
	// person proved themselves after it (check H7).
	Asked int64 `json:"i"`
}

// failure is an error that goes back to the relying party by redirect.
type failure struct{ code, description string }

func (f failure) Error() string { return f.code + ": " + f.description }

const mostQuery = 8 << 10

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	values, err := p.parameters(r)
	if err != nil {
		p.Refuse(w, r, badRequest("The request to sign in is malformed", err.Error()))
		return
	}
	client, redirect, problem := p.party(r.Context(), values)
	if problem != nil {
		// Never a redirect to an address that is not registered (check H1).
		p.Refuse(w, r, *problem)
		return
	}
	req, err := p.read(values, client, redirect)
	if err != nil {
		p.fail(w, r, redirect, values.Get("state"), err)
		return
	}
	p.answer(w, r, req, false)
}

// parameters reads the query, or the form of a POST (OpenID Connect Core
// §3.1.2.1); a parameter must not stand twice (RFC 6749 §3.1).
func (p *Provider) parameters(r *http.Request) (url.Values, error) {
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		body, err := gateway.ReadBody(r)
		if err != nil {
			return nil, err
		}
		text = string(body)
	}
	if len(text) > mostQuery {
		return nil, errors.New("it is longer than 8 KiB")
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, errors.New("its parameters are not well encoded")
	}
	for name, all := range values {
		if len(all) > 1 {
			return nil, fmt.Errorf("the parameter %.40q stands twice", name)
		}
	}
	return values, nil
}

func badRequest(title, detail string) gateway.Problem {
	return gateway.Problem{Status: http.StatusBadRequest, Code: "bad-authorization-request", Title: title,
		Detail: "Detail for whoever runs the application: " + detail}
}

// party finds the client and its redirect address, by exact comparison of
// whole addresses (RFC 9700 §4.1.3, check H1).
func (p *Provider) party(ctx context.Context, values url.Values) (countersign.Client, string, *gateway.Problem) {
	client, err := p.Store.Client(ctx, values.Get("client_id"))
	if errors.Is(err, countersign.ErrNotFound) {
		problem := badRequest("The application that sent you here is not registered", "client_id is unknown.")
		return client, "", &problem
	}
	if err != nil {
		p.Unexpected(err)
		problem := gateway.ProblemOf(err)
		return client, "", &problem
	}
	redirect := values.Get("redirect_uri")
	if !slices.Contains(client.RedirectURIs, redirect) {
		problem := badRequest("The application asked for an answer at an address that is not registered", "redirect_uri is not one of the registered ones, letter by letter.")
		return client, "", &problem
	}
	return client, redirect, nil
}

func (p *Provider) read(values url.Values, client countersign.Client, redirect string) (request, error) {
	req := request{Client: client.ID, Redirect: redirect, State: values.Get("state"), Nonce: values.Get("nonce"),
		Challenge: values.Get("code_challenge"), MaxAge: -1, Prompt: values.Get("prompt"), Asked: p.Now().UnixMilli()}
	for _, name := range []string{"request", "request_uri", "registration"} {
		if values.Has(name) {
			return req, failure{name + "_not_supported", "this provider does not take " + name} // OpenID Connect Core §3.1.2.6
		}
	}
	switch {
	case values.Get("response_type") == "":
		return req, failure{"invalid_request", "response_type is missing"}
	case values.Get("response_type") != "code":
		return req, failure{"unsupported_response_type", "response_type must be code"}
	case values.Has("response_mode") && values.Get("response_mode") != "query":
		return req, failure{"invalid_request", "response_mode must be query"}
	}
	scopes := strings.Fields(values.Get("scope"))
	if !slices.Contains(scopes, "openid") {
		return req, failure{"invalid_scope", "scope must contain openid"}
	}
	var granted []string
	for _, s := range scopes {
		if (s == "openid" || s == "profile") && !slices.Contains(granted, s) {
			granted = append(granted, s)
		}
	}
	req.Scope = strings.Join(granted, " ")
	// PKCE for every client, S256 alone: dropping the challenge or weakening
	// it to plain is the downgrade (RFC 9700 §2.1.1, check H3).
	if values.Get("code_challenge_method") != "S256" {
		return req, failure{"invalid_request", "code_challenge_method must be S256 (RFC 7636)"}
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(req.Challenge); err != nil || len(b) != 32 {
		return req, failure{"invalid_request", "code_challenge must be the base64url SHA-256 of the verifier"}
	}
	if values.Has("max_age") {
		age, err := strconv.Atoi(values.Get("max_age"))
		if err != nil || age < 0 {
			return req, failure{"invalid_request", "max_age must be a number of seconds"}
		}
		req.MaxAge = age
	}
	prompts := strings.Fields(req.Prompt)
	for _, prompt := range prompts {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, prompt) {
			return req, failure{"invalid_request", "prompt has an unknown value"}
		}
	}
	if slices.Contains(prompts, "none") && len(prompts) > 1 {
		return req, failure{"invalid_request", "prompt=none stands alone"}
	}
	req.ACR = strings.Fields(values.Get("acr_values"))
	return req, nil
}

// proceed goes on with a request after its sign-in.
func (p *Provider) proceed(w http.ResponseWriter, r *http.Request) {
	var req request
	q := r.URL.Query()
	err := p.sealer.open(purposeReturn, q.Get("request"), &req)
	// The address names the client in the clear, so that the sign-in pages can
	// hold the name they show against it: nobody signs in to one party under
	// another's name.
	if err != nil || q.Get("client_id") != req.Client || p.Now().Sub(time.UnixMilli(req.Asked)) > returnLife {
		p.Refuse(w, r, gateway.Problem{Status: http.StatusBadRequest, Code: "sign-in-too-old", Title: "This sign-in took too long",
			Detail: "You may be signed in here, but the application has stopped waiting. Go back to it and begin again."})
		return
	}
	// The client may have changed meanwhile: what was registered then counts
	// for nothing now.
	client, err := p.Store.Client(r.Context(), req.Client)
	if err != nil || !slices.Contains(client.RedirectURIs, req.Redirect) {
		p.Refuse(w, r, badRequest("The application that sent you here is no longer registered", "client or redirect_uri was removed."))
		return
	}
	p.answer(w, r, req, true)
}

// answer gives a code for a session that meets the request, or sends the
// person to sign in, once.
func (p *Provider) answer(w http.ResponseWriter, r *http.Request, req request, returned bool) {
	session, err := p.session(r)
	if err != nil && !errors.Is(err, countersign.ErrNotFound) {
		p.Unexpected(err)
		p.Refuse(w, r, gateway.ProblemOf(err))
		return
	}
	missing := req.missing(session, err == nil, p.Now())
	switch {
	case missing == nil:
		p.grant(w, r, req, session)
	case req.Prompt == "none":
		p.fail(w, r, req.Redirect, req.State, failure{"login_required", "the person must sign in"})
	case missing.never:
		p.fail(w, r, req.Redirect, req.State, failure{"unmet_authentication_requirements", missing.why})
	case returned && err == nil:
		// Signed in, and still not enough: another round would be a loop.
		p.fail(w, r, req.Redirect, req.State, failure{"unmet_authentication_requirements", missing.why})
	default:
		p.signIn(w, r, req)
	}
}

type lack struct {
	why   string
	never bool // no sign-in at this server can meet it
}

// missing says what a session lacks for a request; nil when nothing.
func (q request) missing(s countersign.Session, live bool, now time.Time) *lack {
	if len(q.ACR) > 0 && !slices.Contains(q.ACR, countersign.ACROneFactor) && !slices.Contains(q.ACR, countersign.ACRTwoFactors) {
		return &lack{"none of the acr_values can be met", true}
	}
	if !live {
		return &lack{"the person is not signed in", false}
	}
	asked := time.UnixMilli(q.Asked)
	prompts := strings.Fields(q.Prompt)
	if (slices.Contains(prompts, "login") || slices.Contains(prompts, "select_account")) && s.Authenticated.Before(asked) {
		return &lack{"the person must prove themselves again", false}
	}
	if q.MaxAge >= 0 && s.Authenticated.Before(asked) && now.Sub(s.Authenticated) > time.Duration(q.MaxAge)*time.Second {
		return &lack{"the person proved themselves too long ago", false}
	}
	if len(q.ACR) > 0 && !slices.Contains(q.ACR, s.ACR) && s.ACR != countersign.ACRTwoFactors {
		return &lack{"the person signed in with one factor", false}
	}
	return nil
}

func (p *Provider) session(r *http.Request) (countersign.Session, error) {
	secret := gateway.SessionSecret(r)
	if secret == "" {
		return countersign.Session{}, countersign.ErrNotFound
	}
	s, err := p.Store.Session(r.Context(), signin.SessionKey(secret))
	if err != nil {
		return s, err
	}
	if !s.Live(p.Now()) {
		return s, countersign.ErrNotFound
	}
	return s, nil
}

func (p *Provider) signIn(w http.ResponseWriter, r *http.Request, req request) {
	sealed, err := p.sealer.seal(purposeReturn, req)
	if err != nil {
		p.Unexpected(err)
		p.Refuse(w, r, gateway.ProblemOf(err))
		return
	}
	to := url.Values{"client": {req.Client}, "return_to": {"/oidc/continue?" + url.Values{"client_id": {req.Client}, "request": {sealed}}.Encode()}}
	redirectTo(w, r, "/signin?"+to.Encode())
}

// fail answers an error at the registered address (RFC 6749 §4.1.2.1).
func (p *Provider) fail(w http.ResponseWriter, r *http.Request, redirect, state string, err error) {
	var f failure
	if !errors.As(err, &f) {
		p.Unexpected(err)
		f = failure{"server_error", "the provider could not answer"}
	}
	answer := url.Values{"error": {f.code}, "error_description": {f.description}, "iss": {p.Issuer}}
	if state != "" {
		answer.Set("state", state)
	}
	redirectTo(w, r, withQuery(redirect, answer))
}

func withQuery(redirect string, answer url.Values) string {
	separator := "?"
	if strings.Contains(redirect, "?") {
		separator = "&"
	}
	return redirect + separator + answer.Encode()
}

// redirectTo uses 303, never 307: a POST with a password must not be sent on
// (RFC 9700 §4.12).
func redirectTo(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

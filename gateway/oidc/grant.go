package oidc

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
)

// code is what a sealed authorization code says.
type code struct {
	ID            string   `json:"j"`
	Client        string   `json:"c"`
	Redirect      string   `json:"r"`
	Scope         string   `json:"s"`
	Nonce         string   `json:"n,omitempty"`
	Challenge     string   `json:"p"`
	Account       string   `json:"u"`
	Session       string   `json:"k"`
	ACR           string   `json:"a"`
	AMR           []string `json:"m"`
	Authenticated int64    `json:"t"`
	Expires       int64    `json:"e"`
}

func (p *Provider) grant(w http.ResponseWriter, r *http.Request, req request, s countersign.Session) {
	id, err := p.NewID()
	if err != nil {
		p.fail(w, r, req.Redirect, req.State, err)
		return
	}
	sealed, err := p.sealer.seal(purposeCode, code{ID: id, Client: req.Client, Redirect: req.Redirect, Scope: req.Scope, Nonce: req.Nonce,
		Challenge: req.Challenge, Account: s.AccountID, Session: s.Key, ACR: s.ACR, AMR: s.AMR,
		Authenticated: s.Authenticated.Unix(), Expires: p.Now().Add(codeLife).UnixMilli()})
	if err != nil {
		p.fail(w, r, req.Redirect, req.State, err)
		return
	}
	answer := url.Values{"code": {sealed}, "iss": {p.Issuer}} // iss: RFC 9207, against mix-up (check H4)
	if req.State != "" {
		answer.Set("state", req.State)
	}
	redirectTo(w, r, withQuery(req.Redirect, answer))
}

// refusal is an error of the token endpoint (RFC 6749 §5.2).
type refusal struct {
	status            int
	code, description string
	challenge         bool // answer with WWW-Authenticate
}

func (f *refusal) Error() string { return f.code }

func invalidGrant(description string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_grant", description, false}
}

func (p *Provider) refuseGrant(w http.ResponseWriter, err error) {
	var f *refusal
	if !errors.As(err, &f) {
		p.Unexpected(err)
		problem := gateway.ProblemOf(err)
		f = &refusal{problem.Status, "server_error", problem.Detail, false}
		if problem.Status == http.StatusServiceUnavailable {
			f.code = "temporarily_unavailable"
		}
	}
	if f.challenge {
		w.Header().Set("WWW-Authenticate", `Basic realm="countersign", charset="UTF-8"`)
	}
	gateway.WriteJSON(w, f.status, map[string]string{"error": f.code, "error_description": f.description})
}

func (p *Provider) redeem(w http.ResponseWriter, r *http.Request) {
	answer, err := p.redeemed(r)
	if err != nil {
		p.refuseGrant(w, err)
		return
	}
	w.Header().Set("Pragma", "no-cache") // RFC 6749 §5.1
	gateway.WriteJSON(w, http.StatusOK, answer)
}

type granted struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	Scope       string `json:"scope"`
	IDToken     string `json:"id_token"`
}

func (p *Provider) redeemed(r *http.Request) (*granted, error) {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/x-www-form-urlencoded" {
		return nil, &refusal{http.StatusBadRequest, "invalid_request", "the body must be application/x-www-form-urlencoded", false}
	}
	values, err := p.parameters(r)
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "invalid_request", err.Error(), false}
	}
	client, err := p.authenticate(r, values)
	if err != nil {
		return nil, err
	}
	switch values.Get("grant_type") {
	case "authorization_code":
	case "":
		return nil, &refusal{http.StatusBadRequest, "invalid_request", "grant_type is missing", false}
	default:
		return nil, &refusal{http.StatusBadRequest, "unsupported_grant_type", "grant_type must be authorization_code", false}
	}
	for _, name := range []string{"code", "redirect_uri", "code_verifier"} {
		if values.Get(name) == "" {
			return nil, &refusal{http.StatusBadRequest, "invalid_request", name + " is missing", false}
		}
	}
	var c code
	now := p.Now()
	if p.sealer.open(purposeCode, values.Get("code"), &c) != nil || c.Client != client.ID {
		return nil, invalidGrant("the code is not one of this provider for this client")
	}
	if now.UnixMilli() >= c.Expires {
		return nil, invalidGrant("the code has expired")
	}
	if values.Get("redirect_uri") != c.Redirect {
		return nil, invalidGrant("redirect_uri is not the one of the authorization request")
	}
	if !verifies(values.Get("code_verifier"), c.Challenge) {
		return nil, invalidGrant("code_verifier does not fit the code_challenge")
	}
	signer, err := p.signer(r.Context(), client.Algorithm)
	if err != nil {
		return nil, err
	}
	account, err := p.Store.AccountByID(r.Context(), c.Account)
	if errors.Is(err, countersign.ErrNotFound) {
		return nil, invalidGrant("the account is gone")
	}
	if err != nil {
		return nil, err
	}
	var random [32]byte
	if err := p.Random(random[:]); err != nil {
		return nil, err
	}
	access := base64.RawURLEncoding.EncodeToString(random[:])
	err = p.Store.RedeemCode(r.Context(), countersign.Grant{ID: c.ID, ClientID: client.ID, AccountID: c.Account, Session: c.Session, Scope: c.Scope,
		AccessHash: accessHash(access), AccessExpires: now.Add(accessLife), Created: now}, now,
		countersign.Event{At: now, Kind: "grant.redeemed", AccountID: c.Account, Actor: "client:" + client.ID, Subject: c.ID, Address: p.Peers.Address(r)})
	switch {
	case errors.Is(err, countersign.ErrSpent):
		return nil, invalidGrant("the code was redeemed before; what it gave has ended")
	case errors.Is(err, countersign.ErrOver), errors.Is(err, countersign.ErrNotFound), errors.Is(err, countersign.ErrLocked):
		return nil, invalidGrant("the session behind the code is over")
	case err != nil:
		return nil, err
	}
	id, err := signer.sign(p.claims(c, account, access, now))
	if err != nil {
		return nil, err
	}
	return &granted{AccessToken: access, TokenType: "Bearer", ExpiresIn: int(accessLife / time.Second), Scope: c.Scope, IDToken: id}, nil
}

// authenticate finds the client by its secret, in the header or the body but
// not both (RFC 6749 §2.3); a public client by its name and its PKCE.
func (p *Provider) authenticate(r *http.Request, values url.Values) (countersign.Client, error) {
	id, secret := values.Get("client_id"), values.Get("client_secret")
	_, _, basic := r.BasicAuth()
	refused := &refusal{http.StatusUnauthorized, "invalid_client", "the client is unknown or its secret is wrong", r.Header.Get("Authorization") != ""}
	if r.Header.Get("Authorization") != "" && !basic {
		return countersign.Client{}, refused
	}
	if basic {
		if values.Has("client_secret") {
			return countersign.Client{}, &refusal{http.StatusBadRequest, "invalid_request", "the client authenticates twice", false}
		}
		name, password, _ := r.BasicAuth()
		user, err1 := url.QueryUnescape(name) // RFC 6749 §2.3.1: form-encoded inside Basic
		pass, err2 := url.QueryUnescape(password)
		if err1 != nil || err2 != nil || (id != "" && id != user) {
			return countersign.Client{}, refused
		}
		id, secret = user, pass
	}
	client, err := p.Store.Client(r.Context(), id)
	if errors.Is(err, countersign.ErrNotFound) {
		return countersign.Client{}, refused
	}
	if err != nil {
		return countersign.Client{}, err
	}
	if client.SecretHash == nil {
		if secret != "" {
			return countersign.Client{}, refused
		}
		return client, nil
	}
	sum := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(sum[:], client.SecretHash) != 1 {
		return countersign.Client{}, refused
	}
	return client, nil
}

// verifies checks RFC 7636 §4.6 for S256; the verifier has 43 to 128
// unreserved characters (§4.1).
func verifies(verifier, challenge string) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

func accessHash(access string) []byte {
	sum := sha256.Sum256([]byte(access))
	return sum[:]
}

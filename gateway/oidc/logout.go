package oidc

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
	"github.com/go-jose/go-jose/v4"
)

// logout is RP-Initiated Logout 1.0. With an ID token that we gave for this
// very session it ends the session; without one the person is asked, since
// anybody can send a browser here.
func (p *Provider) logout(w http.ResponseWriter, r *http.Request) {
	values, err := p.parameters(r)
	if err != nil {
		p.Refuse(w, r, badRequest("The request to sign out is malformed", err.Error()))
		return
	}
	claims, hinted := p.hint(values.Get("id_token_hint"))
	clientID := values.Get("client_id")
	if hinted {
		if clientID != "" && clientID != claims.Audience {
			p.Refuse(w, r, badRequest("The request to sign out contradicts itself", "client_id is not the audience of id_token_hint."))
			return
		}
		clientID = claims.Audience
	}
	to := ""
	if redirect := values.Get("post_logout_redirect_uri"); redirect != "" {
		client, err := p.Store.Client(r.Context(), clientID)
		if err != nil || !slices.Contains(client.LogoutURIs, redirect) {
			p.Refuse(w, r, badRequest("The application asked to return to an address that is not registered", "post_logout_redirect_uri is not one of the registered ones."))
			return
		}
		to = redirect
		if state := values.Get("state"); state != "" {
			to = withQuery(redirect, url.Values{"state": {state}})
		}
	}
	session, err := p.session(r)
	if err != nil {
		redirectTo(w, r, orSignedOut(to)) // nobody is signed in: done
		return
	}
	if !hinted || claims.Subject != session.AccountID || claims.Session != sessionID(session.Key) {
		redirectTo(w, r, "/signout")
		return
	}
	now := p.Now()
	err = p.Store.EndSession(r.Context(), session.Key, countersign.Event{At: now, Kind: "session.ended", AccountID: session.AccountID,
		Actor: "client:" + clientID, Subject: sessionID(session.Key), Address: p.Peers.Address(r)})
	if err != nil {
		p.Unexpected(err)
		p.Refuse(w, r, gateway.ProblemOf(err))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: gateway.SessionCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	redirectTo(w, r, orSignedOut(to))
}

func orSignedOut(to string) string {
	if to == "" {
		return "/signin"
	}
	return to
}

// hint reads an ID token of ours. Its time does not count (§2): a session
// outlives its ID tokens.
func (p *Provider) hint(token string) (idClaims, bool) {
	var claims idClaims
	if token == "" {
		return claims, false
	}
	// Our algorithms alone: neither none nor a MAC under our public key
	// (check H4).
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
	if err != nil {
		return claims, false
	}
	p.mu.Lock()
	var set jose.JSONWebKeySet
	err = json.Unmarshal(p.public, &set)
	p.mu.Unlock()
	if err != nil {
		return claims, false
	}
	for _, key := range set.Key(signed.Signatures[0].Header.KeyID) {
		if key.Algorithm != signed.Signatures[0].Header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(key); err == nil {
			return claims, json.Unmarshal(payload, &claims) == nil && claims.Issuer == p.Issuer
		}
	}
	return claims, false
}

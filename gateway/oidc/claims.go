package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
)

// idClaims is the ID token (OpenID Connect Core §2). It states what the
// session proved, never more (check H7).
type idClaims struct {
	Issuer        string   `json:"iss"`
	Subject       string   `json:"sub"`
	Audience      string   `json:"aud"`
	Expires       int64    `json:"exp"`
	Issued        int64    `json:"iat"`
	Authenticated int64    `json:"auth_time"`
	Nonce         string   `json:"nonce,omitempty"`
	ACR           string   `json:"acr"`
	AMR           []string `json:"amr"`
	AccessHash    string   `json:"at_hash"`
	Session       string   `json:"sid"`
	Username      string   `json:"preferred_username,omitempty"`
	Name          string   `json:"name,omitempty"`
}

func (p *Provider) claims(c code, a countersign.Account, access string, now time.Time) idClaims {
	half := sha256.Sum256([]byte(access)) // §3.1.3.6: the left half
	claims := idClaims{Issuer: p.Issuer, Subject: a.ID, Audience: c.Client, Expires: now.Add(idLife).Unix(), Issued: now.Unix(),
		Authenticated: c.Authenticated, Nonce: c.Nonce, ACR: c.ACR, AMR: c.AMR,
		AccessHash: base64.RawURLEncoding.EncodeToString(half[:16]), Session: sessionID(c.Session)}
	if profile(c.Scope) {
		claims.Username, claims.Name = a.Name, a.Display
	}
	return claims
}

func profile(scope string) bool { return strings.Contains(" "+scope+" ", " profile ") }

// sessionID names a session to relying parties without telling under which
// key it is stored.
func sessionID(key string) string {
	sum := sha256.Sum256([]byte("countersign/sid/v1\n" + key))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// userinfo answers OpenID Connect Core §5.3 for a bearer token (RFC 6750).
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok && r.Method == http.MethodPost {
		if values, err := p.parameters(r); err == nil {
			access = values.Get("access_token")
		}
	}
	if access == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="countersign"`)
		gateway.WriteProblem(w, gateway.Problem{Status: 401, Code: "bearer-missing", Title: "An access token is needed", Detail: "Send it as Authorization: Bearer."})
		return
	}
	g, err := p.Store.GrantByAccess(r.Context(), accessHash(access))
	if err == nil && (g.Revoked || !p.Now().Before(g.AccessExpires)) {
		err = countersign.ErrNotFound
	}
	var account countersign.Account
	if err == nil {
		account, err = p.Store.AccountByID(r.Context(), g.AccountID)
	}
	if err == nil && account.State != countersign.AccountActive {
		err = countersign.ErrNotFound
	}
	if errors.Is(err, countersign.ErrNotFound) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="countersign", error="invalid_token", error_description="the access token has ended or was never issued"`)
		gateway.WriteProblem(w, gateway.Problem{Status: 401, Code: "bearer-ended", Title: "The access token has ended", Detail: "Sign the person in again."})
		return
	}
	if err != nil {
		p.Unexpected(err)
		gateway.WriteProblem(w, gateway.ProblemOf(err))
		return
	}
	claims := map[string]string{"sub": account.ID}
	if profile(g.Scope) {
		claims["preferred_username"], claims["name"] = account.Name, account.Display
	}
	gateway.WriteJSON(w, http.StatusOK, claims)
}

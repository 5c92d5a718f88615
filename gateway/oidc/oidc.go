package oidc

import (
	"context"
	"net/http"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
)

// Store is what this room asks of the store.
type Store interface {
	Client(ctx context.Context, id string) (countersign.Client, error)
	Session(ctx context.Context, key string) (countersign.Session, error)
	AccountByID(ctx context.Context, id string) (countersign.Account, error)
	RedeemCode(ctx context.Context, g countersign.Grant, now time.Time, event countersign.Event) error
	GrantByAccess(ctx context.Context, accessHash []byte) (countersign.Grant, error)
	EndSession(ctx context.Context, key string, event countersign.Event) error
}

// Keys is where signing keys are kept.
type Keys interface {
	SigningKeys(ctx context.Context) ([]countersign.SigningKey, error)
	AddSigningKey(ctx context.Context, k countersign.SigningKey, retireOthers bool, event countersign.Event) error
}

// Config wires the room.
type Config struct {
	Store      Store
	Keys       Keys
	Issuer     string
	Seal       countersign.Secret // 32 bytes, of this server: seals codes and returns
	Peers      gateway.Peers
	Now        func() time.Time
	Random     func([]byte) error
	NewID      func() (string, error)
	Unexpected func(error)
	// Refuse shows a person a page in the server's own look, for what must not
	// be answered by a redirect (RFC 6749 §4.1.2.1).
	Refuse func(w http.ResponseWriter, r *http.Request, p gateway.Problem)
}

// Provider answers relying parties.
type Provider struct {
	Config
	sealer   sealer
	mu       sync.Mutex
	signers  map[string]*signer // by algorithm
	public   []byte             // the key set, as served
	keysRead time.Time          // when the keys were last read from the store
}

const (
	accessLife = 10 * time.Minute
	idLife     = 10 * time.Minute
	codeLife   = time.Minute // RFC 6749 §4.1.2 says ten at most
	returnLife = countersign.SignInLife + time.Minute
)

// New wires the provider and makes its first signing key if there is none.
func New(ctx context.Context, c Config) (*Provider, error) {
	sealer, err := newSealer(c.Seal, c.Random)
	if err != nil {
		return nil, err
	}
	p := &Provider{Config: c, sealer: sealer, signers: make(map[string]*signer)}
	_, err = p.signer(ctx, "ES256")
	return p, err
}

// Routes is this room's part of the table.
func (p *Provider) Routes() []gateway.Route {
	return []gateway.Route{
		{Method: "GET", Path: "/.well-known/openid-configuration", Caller: gateway.Anyone, Serve: shared(p.discovery), Origins: true},
		{Method: "GET", Path: "/.well-known/oauth-authorization-server", Caller: gateway.Anyone, Serve: shared(p.discovery), Origins: true},
		{Method: "GET", Path: "/oidc/keys", Caller: gateway.Anyone, Serve: shared(p.keys), Origins: true},
		{Method: "GET", Path: "/oidc/authorize", Caller: gateway.Anyone, Serve: p.authorize, Origins: true},
		{Method: "POST", Path: "/oidc/authorize", Caller: gateway.Anyone, Serve: p.authorize, Origins: true},
		{Method: "GET", Path: "/oidc/continue", Caller: gateway.SignedIn, Serve: p.proceed},
		{Method: "POST", Path: "/oidc/token", Caller: gateway.Party, Serve: shared(p.redeem), Origins: true},
		{Method: "OPTIONS", Path: "/oidc/token", Caller: gateway.Anyone, Serve: shared(preflight), Origins: true},
		{Method: "GET", Path: "/oidc/userinfo", Caller: gateway.Party, Serve: shared(p.userinfo), Origins: true},
		{Method: "POST", Path: "/oidc/userinfo", Caller: gateway.Party, Serve: shared(p.userinfo), Origins: true},
		{Method: "OPTIONS", Path: "/oidc/userinfo", Caller: gateway.Anyone, Serve: shared(preflight), Origins: true},
		{Method: "GET", Path: "/oidc/logout", Caller: gateway.Anyone, Serve: p.logout, Origins: true},
		{Method: "POST", Path: "/oidc/logout", Caller: gateway.Anyone, Serve: p.logout, Origins: true},
	}
}

// shared lets programs in other pages read the answer. No cookie counts on
// these routes, so any origin may.
func shared(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		next(w, r)
	}
}

func preflight(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	gateway.WriteJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         p.Issuer,
		"authorization_endpoint":                         p.Issuer + "/oidc/authorize",
		"token_endpoint":                                 p.Issuer + "/oidc/token",
		"userinfo_endpoint":                              p.Issuer + "/oidc/userinfo",
		"jwks_uri":                                       p.Issuer + "/oidc/keys",
		"end_session_endpoint":                           p.Issuer + "/oidc/logout",
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256", "RS256"},
		"scopes_supported":                               []string{"openid", "profile"},
		"claims_supported":                               []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid", "preferred_username", "name"},
		"acr_values_supported":                           []string{countersign.ACROneFactor, countersign.ACRTwoFactors},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":               []string{"S256"},
		"prompt_values_supported":                        []string{"none", "login"},
		"authorization_response_iss_parameter_supported": true, // RFC 9207
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"claims_parameter_supported":                     false,
	})
}

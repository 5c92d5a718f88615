package countersign

import "time"

// Client is a relying party, as OAuth calls it. Host is what phones show: it is
// registered, not claimed by the request (check C4).
type Client struct {
	ID           string
	Name         string
	Host         string
	SecretHash   []byte // SHA-256 of a random secret; nil for a public client
	RedirectURIs []string
	LogoutURIs   []string // post_logout_redirect_uris
	Algorithm    string   // of its ID tokens: ES256 or RS256
	Created      time.Time
}

// Grant is what a redeemed authorization code gave. Its ID is that of the
// code, so that a second redemption finds it and ends it (RFC 6749 §4.1.2,
// check H2).
type Grant struct {
	ID            string
	ClientID      string
	AccountID     string
	Session       string
	Scope         string
	AccessHash    []byte
	AccessExpires time.Time
	Created       time.Time
	Revoked       bool
}

// SigningKey signs ID tokens.
type SigningKey struct {
	ID        string // kid
	Algorithm string // ES256 or RS256
	Private   Secret // PKCS #8, sealed at rest
	Created   time.Time
	Retired   time.Time // zero while it signs
}

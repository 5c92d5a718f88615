package admin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"

	countersign "github.com/countersign-id/countersign"
)

// NewClient is a relying party as the operator registers it.
type NewClient struct {
	ID           string // "" draws one
	Name         string
	RedirectURIs []string
	LogoutURIs   []string
	Algorithm    string // "" is ES256
	Public       bool   // no secret: a program on the person's own device
}

// CreateClient registers a relying party. The secret is in the answer, once;
// a public client has none. The host that phones show is that of its first
// redirect address: registered, never requested (check C4).
func (c *Ceremony) CreateClient(ctx context.Context, n NewClient) (countersign.Client, string, error) {
	if !readable(n.Name) {
		return countersign.Client{}, "", fmt.Errorf("%w: a relying party needs a name of up to 64 characters", countersign.ErrMalformed)
	}
	if len(n.RedirectURIs) == 0 {
		return countersign.Client{}, "", fmt.Errorf("%w: a relying party needs a redirect address", countersign.ErrMalformed)
	}
	for _, uri := range append(append([]string{}, n.RedirectURIs...), n.LogoutURIs...) {
		if err := checkRedirect(uri); err != nil {
			return countersign.Client{}, "", err
		}
	}
	switch n.Algorithm {
	case "":
		n.Algorithm = "ES256"
	case "ES256", "RS256":
	default:
		return countersign.Client{}, "", fmt.Errorf("%w: ID tokens are signed with ES256 or RS256, not %q", countersign.ErrMalformed, n.Algorithm)
	}
	if n.ID == "" {
		id, err := c.newID()
		if err != nil {
			return countersign.Client{}, "", err
		}
		n.ID = id
	}
	if err := checkClientID(n.ID); err != nil {
		return countersign.Client{}, "", err
	}
	if _, err := c.clients.Client(ctx, n.ID); err == nil {
		return countersign.Client{}, "", fmt.Errorf("a relying party %q: %w", n.ID, countersign.ErrNameTaken)
	} else if !errors.Is(err, countersign.ErrNotFound) {
		return countersign.Client{}, "", err
	}
	var secret string
	var hash []byte
	if !n.Public {
		var random [32]byte
		if err := c.random(random[:]); err != nil {
			return countersign.Client{}, "", err
		}
		secret = base64.RawURLEncoding.EncodeToString(random[:])
		// 256 random bits need no slow hash: there is nothing to guess.
		sum := sha256.Sum256([]byte(secret))
		hash = sum[:]
	}
	host, _ := url.Parse(n.RedirectURIs[0])
	client := countersign.Client{ID: n.ID, Name: n.Name, Host: host.Host, SecretHash: hash, RedirectURIs: n.RedirectURIs,
		LogoutURIs: n.LogoutURIs, Algorithm: n.Algorithm, Created: c.now()}
	event := c.event(client.Created, "client.created", "", client.ID)
	return client, secret, c.clients.CreateClient(ctx, client, event)
}

// Clients lists the relying parties.
func (c *Ceremony) Clients(ctx context.Context) ([]countersign.Client, error) {
	return c.clients.Clients(ctx)
}

// Client finds one relying party.
func (c *Ceremony) Client(ctx context.Context, id string) (countersign.Client, error) {
	return c.clients.Client(ctx, id)
}

// DeleteClient removes a relying party; what it was granted ends.
func (c *Ceremony) DeleteClient(ctx context.Context, id string) error {
	return c.clients.DeleteClient(ctx, id, c.event(c.now(), "client.deleted", "", id))
}

// checkRedirect refuses addresses to which a code must not go: anything but
// https, but for programs on this machine (RFC 8252 §7.3, §8.4).
func checkRedirect(uri string) error {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || u.Fragment != "" || len(uri) > 1024 {
		return fmt.Errorf("%w: %q is no redirect address (whole, without user or fragment)", countersign.ErrMalformed, uri)
	}
	if u.Scheme == "https" {
		return nil
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%w: %q is not https; http is for this machine alone", countersign.ErrMalformed, uri)
}

func checkClientID(id string) error {
	if len(id) == 0 || len(id) > 64 {
		return fmt.Errorf("%w: a relying party's id has 1 to 64 characters", countersign.ErrMalformed)
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return fmt.Errorf("%w: a relying party's id is made of letters, digits, dot, dash and underscore", countersign.ErrMalformed)
		}
	}
	if id == "-" {
		return fmt.Errorf("%w: \"-\" stands for no relying party", countersign.ErrMalformed)
	}
	return nil
}

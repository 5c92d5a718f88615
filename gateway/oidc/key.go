package oidc

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/go-jose/go-jose/v4"
)

type signer struct {
	kid    string
	signer jose.Signer
}

func (s *signer) sign(claims any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := s.signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// keysFresh is how long the keys in memory are trusted to be the stored ones;
// another process may have rotated them.
const keysFresh = 30 * time.Second

// signer finds the key that signs now, and makes the first one of an
// algorithm when it is first needed: an RSA key only where a client asks.
func (p *Provider) signer(ctx context.Context, algorithm string) (*signer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.signers[algorithm]; ok && p.Now().Sub(p.keysRead) < keysFresh {
		return s, nil
	}
	if err := p.reload(ctx); err != nil {
		return nil, err
	}
	if s, ok := p.signers[algorithm]; ok {
		return s, nil
	}
	if err := p.makeKey(ctx, algorithm); err != nil {
		return nil, err
	}
	if err := p.reload(ctx); err != nil {
		return nil, err
	}
	s, ok := p.signers[algorithm]
	if !ok {
		return nil, fmt.Errorf("oidc: no %s key after making one", algorithm)
	}
	return s, nil
}

func (p *Provider) makeKey(ctx context.Context, algorithm string) error {
	var private crypto.PrivateKey
	var err error
	switch algorithm {
	case "ES256":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "RS256":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		return fmt.Errorf("oidc: %q signs no ID tokens here", algorithm)
	}
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	id, err := p.NewID()
	if err != nil {
		return err
	}
	now := p.Now()
	return p.Keys.AddSigningKey(ctx, countersign.SigningKey{ID: id, Algorithm: algorithm, Private: countersign.NewSecret(der), Created: now}, false,
		countersign.Event{At: now, Kind: "signing-key.added", Actor: "server", Subject: id, Detail: map[string]string{"algorithm": algorithm}})
}

func (p *Provider) reload(ctx context.Context) error {
	stored, err := p.Keys.SigningKeys(ctx)
	if err != nil {
		return err
	}
	signers := make(map[string]*signer)
	var set jose.JSONWebKeySet
	for _, k := range stored {
		private, err := x509.ParsePKCS8PrivateKey(k.Private.Reveal())
		if err != nil {
			return fmt.Errorf("oidc: signing key %s: %w", k.ID, err)
		}
		public := private.(crypto.Signer).Public()
		// Retired keys stay in the set: tokens they signed are still good
		// (check H4).
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: public, KeyID: k.ID, Algorithm: k.Algorithm, Use: "sig"})
		if !k.Retired.IsZero() {
			continue
		}
		s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(k.Algorithm), Key: jose.JSONWebKey{Key: private, KeyID: k.ID}},
			(&jose.SignerOptions{}).WithType("JWT"))
		if err != nil {
			return fmt.Errorf("oidc: signing key %s: %w", k.ID, err)
		}
		signers[k.Algorithm] = &signer{kid: k.ID, signer: s}
	}
	public, err := json.Marshal(set)
	if err != nil {
		return err
	}
	p.signers, p.public, p.keysRead = signers, public, p.Now()
	return nil
}

func (p *Provider) keys(w http.ResponseWriter, r *http.Request) {
	if _, err := p.signer(r.Context(), "ES256"); err != nil {
		p.refuseGrant(w, err)
		return
	}
	p.mu.Lock()
	public := p.public
	p.mu.Unlock()
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(public)
}

package oidc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// sealer makes texts that only this server can make and read: codes, and
// requests on their way through the sign-in pages.
type sealer struct {
	aead   cipher.AEAD
	random func([]byte) error
}

func newSealer(key countersign.Secret, random func([]byte) error) (sealer, error) {
	block, err := aes.NewCipher(key.Reveal())
	if err != nil {
		return sealer{}, fmt.Errorf("oidc: seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead, random}, err
}

// seal binds the text to its purpose, so that one kind never passes for
// another.
func (s sealer) seal(purpose string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	if err := s.random(nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte(purpose))), nil
}

func (s sealer) open(purpose, text string, v any) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < s.aead.NonceSize() {
		return countersign.ErrNotFound
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, b[:n], b[n:], []byte(purpose))
	if err != nil {
		return countersign.ErrNotFound
	}
	return json.Unmarshal(plain, v)
}

const (
	purposeCode   = "countersign/oidc/code/v1"
	purposeReturn = "countersign/oidc/return/v1"
)

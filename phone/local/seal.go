package local

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	keyLength   = chacha20poly1305.KeySize
	nonceLength = chacha20poly1305.NonceSizeX
	maxFile     = maxHeader + nonceLength + vault.MaxBytes + chacha20poly1305.Overhead + 1
)

// Why a vault did not open.
var (
	ErrAbsent     = errors.New("local: there is no vault yet")
	ErrDamaged    = errors.New("local: the vault is damaged")
	ErrNewer      = errors.New("local: the vault was written by a newer version")
	ErrPassphrase = errors.New("local: the vault is locked by a passphrase")
	ErrWrong      = errors.New("local: the passphrase does not open the vault")
	ErrKeyLost    = errors.New("local: the vault's key file is missing or damaged")
	ErrBusy       = errors.New("local: another process holds the vault")
)

// Damage is ErrDamaged with what is known of the loss and of the way back.
type Damage struct {
	Path     string
	Entries  int // the header's word; -1 when not even that can be read
	Previous int // entries in the previous version, which opens; -1 when it does not
	Cause    error
}

func (d *Damage) Error() string { return fmt.Sprintf("local: %s: %v", d.Path, d.Cause) }

// Unwrap keeps Damage what ErrDamaged is for errors.Is.
func (d *Damage) Unwrap() error { return ErrDamaged }

// seal spells a vault's file.
func seal(h *header, key countersign.Secret, c *vault.Content) ([]byte, error) {
	content, err := c.Bytes()
	if err != nil {
		return nil, err
	}
	defer clear(content)
	h.entries = len(c.Entries)
	aead, err := chacha20poly1305.NewX(key.Reveal())
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	line := h.line()
	out := make([]byte, 0, len(line)+1+nonceLength+len(content)+aead.Overhead())
	out = append(append(out, line...), '\n')
	// 192 random bits never repeat under one key, however often a vault is
	// saved: the reason for the extended nonce.
	out = out[:len(out)+nonceLength]
	nonce := out[len(out)-nonceLength:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	return aead.Seal(out, nonce, content, line), nil
}

// split takes a file apart without opening it.
func split(file []byte) (h *header, line, sealed []byte, err error) {
	line, _, ok := bytes.Cut(file[:min(len(file), maxHeader)], []byte("\n"))
	if !ok {
		return nil, nil, nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	h, err = parseHeader(line)
	return h, line, file[len(line)+1:], err
}

// open opens what seal sealed. The content is whole or absent, never a part.
func open(line, sealed []byte, key countersign.Secret) (*vault.Content, error) {
	if len(sealed) < nonceLength {
		return nil, fmt.Errorf("%w: cut short", ErrDamaged)
	}
	aead, err := chacha20poly1305.NewX(key.Reveal())
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	content, err := aead.Open(nil, sealed[:nonceLength], sealed[nonceLength:], line)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not authenticate", ErrDamaged)
	}
	defer clear(content)
	c, err := vault.Parse(content)
	if errors.Is(err, vault.ErrNewer) {
		return nil, fmt.Errorf("%w: %w", ErrNewer, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return c, nil
}

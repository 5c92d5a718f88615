package pskc

import (
	"context"
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// lock opens the secrets of one container; nil when none are locked.
type lock struct {
	key    []byte
	mac    func() hash.Hash
	macKey []byte
	opened int // secrets whose MAC agreed
	failed int
}

func (c container) locked() bool {
	for _, p := range c.Packages {
		for _, k := range p.Keys {
			for _, s := range k.Secret {
				if len(s.Encrypted) > 0 {
					return true
				}
			}
		}
	}
	return false
}

func (c container) unlock(ctx context.Context, password countersign.Secret) (*lock, error) {
	if len(c.EncryptionKey) == 0 || len(c.MACMethod) == 0 {
		return nil, foreign.Damaged("it does not say how its keys are locked", nil)
	}
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	l := &lock{}
	var err error
	switch e := c.EncryptionKey[0]; {
	case len(e.Derived) == 1:
		l.key, err = e.Derived[0].derive(ctx, password)
	case len(e.KeyName) == 1:
		l.key, err = presharedKey(password)
	default:
		err = foreign.Unsupported("pskc-lock", "This key container is locked in a way that is not known here.",
			"Ask the maker for one that is locked with a passphrase or a pre-shared AES key.")
	}
	if err != nil {
		return nil, err
	}
	m := c.MACMethod[0]
	if l.mac, err = macHash(m.Algorithm); err != nil {
		return nil, err
	}
	// Without a MAC key of its own the encryption key is used (section 6.1.1).
	l.macKey = l.key
	if len(m.Key) == 1 {
		if l.macKey, err = m.Key[0].open(l.key); err != nil {
			return nil, foreign.WrongPassword()
		}
	}
	return l, nil
}

// presharedKey reads the key as its hexadecimal digits: it travels on paper.
func presharedKey(password countersign.Secret) ([]byte, error) {
	key, err := hex.DecodeString(strings.Join(strings.Fields(string(password.Reveal())), ""))
	if err != nil || len(key) != 16 && len(key) != 24 && len(key) != 32 {
		return nil, foreign.WrongKey("Enter the pre-shared key that the maker sent apart from the file: 32, 48 or 64 hexadecimal digits.")
	}
	return key, nil
}

func (d derivedKey) derive(ctx context.Context, password countersign.Secret) ([]byte, error) {
	if len(d.Method) != 1 || !strings.HasSuffix(d.Method[0].Algorithm, "#pbkdf2") || len(d.Method[0].Params) != 1 {
		return nil, foreign.Unsupported("pskc-lock", "This key container is locked in a way that is not known here.",
			"Ask the maker for one that is locked with PBKDF2.")
	}
	p := d.Method[0].Params[0]
	if len(p.Salt) != 1 || p.KeyLength != 16 && p.KeyLength != 24 && p.KeyLength != 32 {
		return nil, foreign.Damaged("its key derivation is described in part only", nil)
	}
	salt, err := unbase64(p.Salt[0])
	if err != nil {
		return nil, foreign.Damaged("its salt is not base64", err)
	}
	h := sha1.New // RFC 8018's default PRF
	if len(p.PRF) == 1 && p.PRF[0].Algorithm != "" {
		if h, err = macHash(p.PRF[0].Algorithm); err != nil {
			return nil, err
		}
	}
	return foreign.PBKDF2(ctx, h, password, salt, p.Iterations, p.KeyLength)
}

func macHash(algorithm string) (func() hash.Hash, error) {
	switch _, name, _ := strings.Cut(algorithm, "#"); name {
	case "hmac-sha1":
		return sha1.New, nil
	case "hmac-sha256":
		return sha256.New, nil
	case "hmac-sha512":
		return sha512.New, nil
	}
	return nil, foreign.Unsupported("pskc-mac", "This key container protects its keys in a way that is not known here.",
		"Ask the maker for one with HMAC-SHA-1 or HMAC-SHA-256.")
}

// open decrypts AES-CBC as XML Encryption writes it: the IV before the text,
// and a padding whose last byte alone counts.
func (e encrypted) open(key []byte) ([]byte, error) {
	raw, err := e.bytes()
	if err != nil {
		return nil, err
	}
	if len(raw) < 2*aes.BlockSize {
		return nil, foreign.Damaged("a locked value is too short", nil)
	}
	return foreign.OpenCBC(key, raw[:aes.BlockSize], raw[aes.BlockSize:])
}

func (e encrypted) bytes() ([]byte, error) {
	if len(e.Method) != 1 || len(e.Value) != 1 {
		return nil, foreign.Damaged("a locked value is described in part only", nil)
	}
	switch _, name, _ := strings.Cut(e.Method[0].Algorithm, "#"); name {
	case "aes128-cbc", "aes192-cbc", "aes256-cbc":
	default:
		return nil, foreign.Unsupported("pskc-cipher", "This key container uses a cipher that is not known here.",
			"Ask the maker for one with AES in CBC mode.")
	}
	raw, err := unbase64(e.Value[0])
	if err != nil {
		return nil, foreign.Damaged("a locked value is not base64", err)
	}
	return raw, nil
}

// secret opens one secret after checking its MAC, which covers IV and text.
func (l *lock) secret(v value) ([]byte, error) {
	raw, err := v.Encrypted[0].bytes()
	if err != nil {
		return nil, err
	}
	sum, err := unbase64(v.MAC)
	if err != nil || len(sum) == 0 {
		l.failed++
		return nil, foreign.Refused("secret-damaged", "Its secret has no checksum.")
	}
	mac := hmac.New(l.mac, l.macKey)
	mac.Write(raw)
	if !hmac.Equal(mac.Sum(nil), sum) {
		l.failed++
		return nil, foreign.Refused("secret-damaged", "Its secret does not agree with its checksum.")
	}
	plain, err := v.Encrypted[0].open(l.key)
	if err != nil {
		l.failed++
		return nil, foreign.Refused("secret-damaged", "Its secret cannot be opened.")
	}
	l.opened++
	return plain, nil
}

package bitwarden

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// The numbers of the key derivations.
const (
	kdfPBKDF2 = 0
	kdfArgon2 = 1
)

type locked struct {
	Encrypted         bool    `json:"encrypted"`
	PasswordProtected bool    `json:"passwordProtected"`
	Salt              string  `json:"salt"`
	KDFType           int     `json:"kdfType"`
	KDFIterations     int     `json:"kdfIterations"`
	KDFMemory         *uint64 `json:"kdfMemory"` // MiB
	KDFParallelism    *uint64 `json:"kdfParallelism"`
	Validation        string  `json:"encKeyValidation_DO_NOT_EDIT"`
	Data              string  `json:"data"`
}

func unlock(ctx context.Context, f *foreign.File, password countersign.Secret) ([]byte, error) {
	var l locked
	if err := foreign.JSON(f.Bytes, &l); err != nil {
		return nil, err
	}
	if !l.PasswordProtected {
		return nil, foreign.Unsupported("bitwarden-restricted",
			"This Bitwarden export is restricted to the account that made it: no password opens it anywhere else.",
			"In Bitwarden, export again as “.json (Encrypted)” with the export type “Password protected”.")
	}
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	key, err := l.derive(ctx, password)
	if err != nil {
		return nil, err
	}
	// The validation text is sealed with the same keys: it tells whether the
	// password is right before the accounts tell whether they are whole.
	if l.Validation != "" {
		if _, err := openString(key, l.Validation); err != nil {
			return nil, err
		}
	}
	plain, err := openString(key, l.Data)
	if l.Validation != "" && errors.Is(err, foreign.ErrWrongPassword) {
		return nil, foreign.Damaged("its accounts have changed since they were sealed", nil)
	}
	return plain, err
}

// derive takes the salt as the text that it is in the file, not what the
// base64 means; so does Bitwarden.
func (l locked) derive(ctx context.Context, password countersign.Secret) ([]byte, error) {
	switch l.KDFType {
	case kdfPBKDF2:
		return foreign.PBKDF2(ctx, sha256.New, password, []byte(l.Salt), l.KDFIterations, 32)
	case kdfArgon2:
		if l.KDFMemory == nil || l.KDFParallelism == nil || l.KDFIterations < 1 {
			return nil, foreign.Damaged("its key derivation is described in part only", nil)
		}
		if *l.KDFMemory > 1<<20 { // before the multiplication can overflow
			return nil, foreign.TooLarge("its password was stretched with more memory or passes than any application uses")
		}
		salt := sha256.Sum256([]byte(l.Salt))
		return foreign.Argon2id(ctx, password, salt[:], uint64(l.KDFIterations), *l.KDFMemory*1024, *l.KDFParallelism, 32)
	}
	return nil, foreign.Unsupported("bitwarden-derivation", "This Bitwarden export is locked in a way that is not known here.",
		"In Bitwarden, export again as “.json”, and delete the file after importing.")
}

// openString opens "2.iv|text|mac": AES-256-CBC, then HMAC-SHA-256.
func openString(key []byte, sealed string) ([]byte, error) {
	kind, rest, _ := strings.Cut(sealed, ".")
	parts := strings.Split(rest, "|")
	if kind != "2" || len(parts) != 3 {
		return nil, foreign.Damaged("its sealed part is not as it should be", nil)
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			return nil, foreign.Damaged("its sealed part is not base64", err)
		}
	}
	encryption, err := hkdf.Expand(sha256.New, key, "enc", 32)
	if err != nil {
		return nil, foreign.Damaged("its key derivation has settings that cannot be used", err)
	}
	authentication, err := hkdf.Expand(sha256.New, key, "mac", 32)
	if err != nil {
		return nil, foreign.Damaged("its key derivation has settings that cannot be used", err)
	}
	mac := hmac.New(sha256.New, authentication)
	mac.Write(raw[0])
	mac.Write(raw[1])
	if !hmac.Equal(mac.Sum(nil), raw[2]) {
		return nil, foreign.WrongPassword()
	}
	return foreign.OpenCBC(encryption, raw[0], raw[1])
}

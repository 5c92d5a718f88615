package bitwarden

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// Target is the export of Bitwarden's password store.
func Target() foreign.Target {
	return foreign.Target{Name: "bitwarden", Title: "Bitwarden", Extension: ".json", Lock: foreign.OptionalLock, Write: Write}
}

// writtenRounds is what Bitwarden itself writes since 2023.
const writtenRounds = 600_000

type written struct {
	Encrypted bool           `json:"encrypted"`
	Folders   []folder       `json:"folders"`
	Items     []writtenEntry `json:"items"`
}

type writtenEntry struct {
	ID             string       `json:"id"`
	OrganizationID *string      `json:"organizationId"`
	FolderID       *string      `json:"folderId"`
	Type           int          `json:"type"`
	Reprompt       int          `json:"reprompt"`
	Name           string       `json:"name"`
	Notes          *string      `json:"notes"`
	Favorite       bool         `json:"favorite"`
	Login          writtenLogin `json:"login"`
	CollectionIDs  []string     `json:"collectionIds"`
	Created        string       `json:"creationDate,omitempty"`
}

type writtenLogin struct {
	URIs     []struct{} `json:"uris"`
	Username *string    `json:"username"`
	Password *string    `json:"password"`
	TOTP     string     `json:"totp"`
}

// Write writes an export, locked if there is a password.
func Write(ctx context.Context, entries []countersign.Entry, password countersign.Secret, entropy io.Reader) (foreign.Export, error) {
	var w foreign.Writing
	out := written{Folders: []folder{}, Items: []writtenEntry{}}
	folders := map[string]string{}
	for _, e := range entries {
		code, err := fieldOf(e)
		if !w.Take(e, err) {
			continue
		}
		// Bitwarden keeps times to the millisecond.
		w.Lose(e, foreign.Carries{Note: true, OneTag: true, Pinned: true, Created: true})
		login, err := fromCountersign(e, code, entropy)
		if err != nil {
			return foreign.Export{}, err
		}
		if len(e.Tags) > 0 {
			tag := e.Tags[0]
			id, ok := folders[tag]
			if !ok {
				if id, err = foreign.DrawUUID(entropy); err != nil {
					return foreign.Export{}, err
				}
				folders[tag] = id
				out.Folders = append(out.Folders, folder{ID: id, Name: tag})
			}
			login.FolderID = &id
		}
		out.Items = append(out.Items, login)
	}
	file, err := json.MarshalIndent(out, "", "  ")
	if err == nil && password.Len() > 0 {
		file, err = lock(ctx, file, password, entropy)
	}
	w.Export.File = file
	return w.Export, err
}

// fieldOf is what stands in the one-time password field: Bitwarden makes TOTP
// and Steam codes, and no others.
func fieldOf(e countersign.Entry) (string, error) {
	switch e.Type {
	case countersign.Steam:
		return "steam://" + foreign.EncodeBase32(e.Secret), nil
	case countersign.TOTP:
		text, err := otpauth.Marshal(e)
		if err != nil {
			return "", link.Refusal(err)
		}
		return text, nil
	}
	return "", foreign.Refused("type-not-held", "Bitwarden does not make this kind of code.")
}

func fromCountersign(e countersign.Entry, code string, entropy io.Reader) (writtenEntry, error) {
	id, err := foreign.DrawUUID(entropy)
	out := writtenEntry{
		ID:       id,
		Type:     loginType,
		Name:     e.Issuer,
		Favorite: e.Pinned,
		Login:    writtenLogin{URIs: []struct{}{}, Username: &e.Label, TOTP: code},
	}
	if out.Name == "" {
		out.Name = e.Label // a nameless login cannot be found again
	}
	if e.Note != "" {
		out.Notes = &e.Note
	}
	if !e.Created.IsZero() {
		out.Created = e.Created.UTC().Format(time.RFC3339Nano)
	}
	return out, err
}

func lock(ctx context.Context, plain []byte, password countersign.Secret, entropy io.Reader) ([]byte, error) {
	salt, err := foreign.Draw(entropy, 16)
	if err != nil {
		return nil, err
	}
	l := locked{Encrypted: true, PasswordProtected: true, Salt: base64.StdEncoding.EncodeToString(salt), KDFType: kdfPBKDF2, KDFIterations: writtenRounds}
	key, err := l.derive(ctx, password)
	if err != nil {
		return nil, err
	}
	id, err := foreign.DrawUUID(entropy)
	if err != nil {
		return nil, err
	}
	if l.Validation, err = sealString(key, []byte(id), entropy); err != nil {
		return nil, err
	}
	if l.Data, err = sealString(key, plain, entropy); err != nil {
		return nil, err
	}
	return json.MarshalIndent(l, "", "  ")
}

// sealString writes "2.iv|text|mac"; see openString.
func sealString(key, plain []byte, entropy io.Reader) (string, error) {
	encryption, err := hkdf.Expand(sha256.New, key, "enc", 32)
	if err != nil {
		return "", err
	}
	authentication, err := hkdf.Expand(sha256.New, key, "mac", 32)
	if err != nil {
		return "", err
	}
	iv, err := foreign.Draw(entropy, aes.BlockSize)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(encryption)
	if err != nil {
		return "", err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	sealed := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	mac := hmac.New(sha256.New, authentication)
	mac.Write(iv)
	mac.Write(sealed)
	encode := base64.StdEncoding.EncodeToString
	return "2." + encode(iv) + "|" + encode(sealed) + "|" + encode(mac.Sum(nil)), nil
}

package authy

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is Authy's preferences.
func Format() foreign.Format {
	return foreign.Format{Name: "authy", Title: "Authy", Recognise: recognise, Read: read}
}

// The preferences that hold accounts: other services', and Authy's own.
const (
	serviceAccounts = "com.authy.storage.tokens.authenticator.key"
	ownAccounts     = "com.authy.storage.tokens.authy.key"
)

// The lock's settings; only the salt is in the file.
const (
	rounds = 1000
	ivSize = 16 // all zeros
)

type account struct {
	AccountType     string `json:"accountType"`
	Name            string `json:"name"`
	OriginalName    string `json:"originalName"`
	OriginalIssuer  string `json:"originalIssuer"`
	DecryptedSecret string `json:"decryptedSecret"`
	EncryptedSecret string `json:"encryptedSecret"`
	Salt            string `json:"salt"`
	SecretSeed      string `json:"secretSeed"`
	Digits          int    `json:"digits"`
}

func (a account) locked() bool {
	return a.DecryptedSecret == "" && a.SecretSeed == "" && a.EncryptedSecret != ""
}

func recognise(f *foreign.File) foreign.Sight {
	accounts, err := accountsOf(f)
	if accounts == nil && err == nil {
		return foreign.Unseen
	}
	for _, raw := range accounts {
		var a account
		if json.Unmarshal(raw, &a) == nil && a.locked() {
			return foreign.Locked
		}
	}
	return foreign.Plain
}

// accountsOf is nil without an error when the file is of another kind.
func accountsOf(f *foreign.File) ([]json.RawMessage, error) {
	for _, key := range []string{serviceAccounts, ownAccounts} {
		preferences, ok := f.Preferences(key)
		if !ok {
			continue
		}
		for _, p := range preferences {
			if p.Name != key {
				continue
			}
			accounts := []json.RawMessage{}
			err := foreign.JSON([]byte(p.Value), &accounts)
			return accounts, err
		}
	}
	return nil, nil
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	accounts, err := accountsOf(f)
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("authy")
	lockedCount, opened := 0, 0
	for i, raw := range accounts {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(accounts))
		var a account
		if err := foreign.Element(raw, &a); err != nil {
			reading.Refuse(a.Name, err)
			continue
		}
		if a.locked() {
			lockedCount++
			if password.Len() == 0 {
				return foreign.Result{}, foreign.PasswordNeeded()
			}
			if a.DecryptedSecret, err = a.open(ctx, password); err != nil {
				if ctx.Err() != nil {
					return foreign.Result{}, ctx.Err()
				}
				reading.Refuse(a.Name, foreign.Refused("secret-damaged", "Its secret is damaged, or locked with another password."))
				continue
			}
			opened++
		}
		reading.Keep(a.countersign())
	}
	if lockedCount > 0 && opened == 0 {
		return foreign.Result{}, foreign.WrongPassword()
	}
	return reading.Result, nil
}

func (a account) open(ctx context.Context, password countersign.Secret) (string, error) {
	sealed, err := base64.StdEncoding.DecodeString(a.EncryptedSecret)
	if err != nil {
		return "", foreign.Damaged("a secret is not base64", err)
	}
	key, err := foreign.PBKDF2(ctx, sha1.New, password, []byte(a.Salt), rounds, 32)
	if err != nil {
		return "", err
	}
	plain, err := foreign.OpenCBC(key, make([]byte, ivSize), sealed)
	if err != nil {
		return "", err
	}
	if _, err := foreign.Base32(string(plain)); err != nil {
		return "", err
	}
	return string(plain), nil
}

func (a account) countersign() (countersign.Entry, error) {
	out := countersign.Entry{Type: countersign.TOTP, Algorithm: countersign.SHA1, Digits: a.Digits, Period: 30}
	if a.SecretSeed != "" {
		out.Issuer, out.Period = a.Name, 10
		raw, err := hex.DecodeString(a.SecretSeed)
		if err != nil {
			return out, foreign.Refused("secret-not-hex", "Its secret is not hexadecimal, as Authy's own are.")
		}
		out.Secret = countersign.NewSecret(raw)
		return out, nil
	}
	out.Issuer, out.Label = a.names()
	var err error
	out.Secret, err = foreign.Base32(a.DecryptedSecret)
	return out, err
}

// names finds the issuer where Authy keeps it, and takes it off the name that
// the person sees.
func (a account) names() (issuer, label string) {
	issuer = a.OriginalIssuer
	if issuer == "" {
		if before, _, found := strings.Cut(a.OriginalName, ":"); found {
			issuer = before
		} else if before, _, found := strings.Cut(a.Name, " - "); found {
			issuer = before
		}
	}
	label = a.Name
	for _, separator := range []string{":", " - "} {
		if after, found := strings.CutPrefix(label, issuer+separator); found && issuer != "" {
			return issuer, strings.TrimSpace(after)
		}
	}
	return issuer, label
}

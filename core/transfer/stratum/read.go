package stratum

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is Stratum's backup.
func Format() foreign.Format {
	return foreign.Format{Name: "stratum", Title: "Stratum (Authenticator Pro)", Recognise: recognise, Read: read}
}

// The marks and the settings of the two locks; neither file carries settings.
const (
	strongMark   = "AUTHENTICATORPRO"
	strongSalt   = 16
	strongNonce  = 12
	strongPasses = 3
	strongMemory = 65_536 // KiB
	strongLanes  = 4

	legacyMark   = "AuthenticatorPro"
	legacySalt   = 20
	legacyIV     = 16
	legacyRounds = 64_000
)

type backup struct {
	Authenticators []json.RawMessage `json:"Authenticators"`
	Categories     []struct {
		ID   string `json:"Id"`
		Name string `json:"Name"`
	} `json:"Categories"`
	Bindings []struct {
		CategoryID string `json:"CategoryId"`
		Secret     string `json:"AuthenticatorSecret"`
	} `json:"AuthenticatorCategories"`
	Icons []struct {
		ID   string `json:"Id"`
		Data string `json:"Data"`
	} `json:"CustomIcons"`
}

// The application's numbers for type and hash.
const (
	typeHOTP   = 1
	typeTOTP   = 2
	typeMOTP   = 3
	typeSteam  = 4
	typeYandex = 5
)

type authenticator struct {
	Type      int    `json:"Type"`
	Icon      string `json:"Icon"`
	Issuer    string `json:"Issuer"`
	Username  string `json:"Username"`
	Secret    string `json:"Secret"`
	PIN       string `json:"Pin"`
	Algorithm int    `json:"Algorithm"`
	Digits    int    `json:"Digits"`
	Period    int    `json:"Period"`
	Counter   int64  `json:"Counter"`
}

func recognise(f *foreign.File) foreign.Sight {
	switch {
	case f.HasKeys("Authenticators"):
		return foreign.Plain
	case bytes.HasPrefix(f.Bytes, []byte(strongMark)), bytes.HasPrefix(f.Bytes, []byte(legacyMark)):
		return foreign.Locked
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	raw := f.Bytes
	if recognise(f) == foreign.Locked {
		if password.Len() == 0 {
			return foreign.Result{}, foreign.PasswordNeeded()
		}
		open := unlockStrong
		if bytes.HasPrefix(raw, []byte(legacyMark)) {
			open = unlockLegacy
		}
		var err error
		if raw, err = open(ctx, raw[len(strongMark):], password); err != nil {
			return foreign.Result{}, err
		}
	}
	var all backup
	if err := foreign.JSON(raw, &all); err != nil {
		return foreign.Result{}, err
	}
	if all.Authenticators == nil {
		// The old lock does not authenticate: a byte changed in its IV changes
		// the name of the first part, and no account would be found.
		return foreign.Result{}, foreign.Damaged("its list of accounts is missing", nil)
	}
	tags, icons, err := all.index()
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("stratum")
	for i, rawEntry := range all.Authenticators {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var a authenticator
		err := foreign.Element(rawEntry, &a)
		kept := countersign.Entry{Issuer: a.Issuer, Label: a.Username}
		if err == nil {
			kept, err = a.countersign()
			kept.Tags = tags[a.Secret]
			kept.Icon = icons[a.Icon]
		}
		reading.Keep(kept, err)
		progress(i+1, len(all.Authenticators))
	}
	return reading.Result, nil
}

func unlockStrong(ctx context.Context, body []byte, password countersign.Secret) ([]byte, error) {
	if len(body) < strongSalt+strongNonce {
		return nil, foreign.Damaged("it breaks off in its header", nil)
	}
	key, err := foreign.Argon2id(ctx, password, body[:strongSalt], strongPasses, strongMemory, strongLanes, 32)
	if err != nil {
		return nil, err
	}
	body = body[strongSalt:]
	return foreign.OpenGCM(key, body[:strongNonce], body[strongNonce:], nil)
}

func unlockLegacy(ctx context.Context, body []byte, password countersign.Secret) ([]byte, error) {
	if len(body) < legacySalt+legacyIV {
		return nil, foreign.Damaged("it breaks off in its header", nil)
	}
	key, err := foreign.PBKDF2(ctx, sha1.New, password, body[:legacySalt], legacyRounds, 32)
	if err != nil {
		return nil, err
	}
	body = body[legacySalt:]
	plain, err := foreign.OpenCBC(key, body[:legacyIV], body[legacyIV:])
	if err != nil {
		return nil, err
	}
	if !json.Valid(plain) {
		// Padding fits by chance once in 256: what opened tells the rest.
		return nil, foreign.WrongOrDamaged(plain)
	}
	return plain, nil
}

// index gathers tags by secret and icons by their mark ("@" and the icon's ID).
func (b backup) index() (tags map[string][]string, icons map[string][]byte, err error) {
	names := make(map[string]string, len(b.Categories))
	for _, c := range b.Categories {
		names[c.ID] = c.Name
	}
	tags = make(map[string][]string)
	for _, binding := range b.Bindings {
		name, ok := names[binding.CategoryID]
		if !ok {
			return nil, nil, foreign.Damaged("a category that it uses is missing", nil)
		}
		tags[binding.Secret] = append(tags[binding.Secret], name)
	}
	icons = make(map[string][]byte, len(b.Icons))
	for _, icon := range b.Icons {
		raw, err := base64.StdEncoding.DecodeString(icon.Data)
		if err != nil {
			return nil, nil, foreign.Damaged("one of its icons is not base64", err)
		}
		icons["@"+icon.ID] = foreign.OwnPicture(raw)
	}
	return tags, icons, nil
}

func (a authenticator) countersign() (countersign.Entry, error) {
	out := countersign.Entry{Issuer: a.Issuer, Label: a.Username, Digits: a.Digits, Period: a.Period}
	var err error
	switch a.Algorithm {
	case 0:
		out.Algorithm = countersign.SHA1
	case 1:
		out.Algorithm = countersign.SHA256
	case 2:
		out.Algorithm = countersign.SHA512
	default:
		return out, foreign.Refused("algorithm-unknown", "It uses a hash that is not known here (number %d).", a.Algorithm)
	}
	switch a.Type {
	case typeTOTP:
		out.Type = countersign.TOTP
	case typeHOTP:
		if a.Counter < 0 {
			return out, foreign.Refused("counter-out-of-range", "Its counter is below zero.")
		}
		out.Type, out.Period, out.Counter = countersign.HOTP, 0, uint64(a.Counter)
	case typeSteam:
		// These types have no choices in Stratum; what the file says beside them is not used.
		out.Type, out.Algorithm, out.Digits, out.Period = countersign.Steam, countersign.SHA1, 5, 30
	case typeYandex:
		out.Type, out.Algorithm, out.Digits, out.Period = countersign.Yandex, countersign.SHA256, 8, 30
		out.PIN = countersign.NewSecret([]byte(a.PIN))
	case typeMOTP:
		out.Type, out.Algorithm, out.Digits, out.Period = countersign.MOTP, countersign.MD5, 6, 10
		out.PIN = countersign.NewSecret([]byte(a.PIN))
		out.Secret, err = motpSecret(a.Secret)
		return out, err
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (number %d).", a.Type)
	}
	out.Secret, err = foreign.Base32LooseEnd(a.Secret)
	return out, err
}

// motpSecret reads a Mobile-OTP secret. Stratum hashes the text as it stands,
// so only lower-case hexadecimal means the same bytes everywhere.
func motpSecret(text string) (countersign.Secret, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || text != strings.ToLower(text) {
		return countersign.Secret{}, foreign.Refused("secret-not-hex", "Its Mobile-OTP secret is not lower-case hexadecimal, so it cannot be kept exactly.")
	}
	return countersign.NewSecret(raw), nil
}

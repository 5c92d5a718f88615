package twofas

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is 2FAS' backup.
func Format() foreign.Format {
	return foreign.Format{Name: "2fas", Title: "2FAS", Recognise: recognise, Read: read}
}

// rounds is 2FAS' PBKDF2 setting; the file does not carry it.
const rounds = 10_000

const newestSchema = 4

type file struct {
	SchemaVersion int               `json:"schemaVersion"`
	Services      []json.RawMessage `json:"services"`
	Groups        []group           `json:"groups"`
	Encrypted     string            `json:"servicesEncrypted"`
	Reference     string            `json:"reference"`
}

type group struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type service struct {
	Name    string `json:"name"`
	Secret  string `json:"secret"`
	GroupID string `json:"groupId"`
	OTP     struct {
		Account   string  `json:"account"`
		Issuer    string  `json:"issuer"`
		Digits    *int    `json:"digits"`
		Period    *int    `json:"period"`
		Algorithm string  `json:"algorithm"`
		Counter   *uint64 `json:"counter"`
		TokenType string  `json:"tokenType"`
	} `json:"otp"`
}

func recognise(f *foreign.File) foreign.Sight {
	if !f.HasKeys("schemaVersion") || !(f.HasKeys("services") || f.HasKeys("servicesEncrypted")) {
		return foreign.Unseen
	}
	if locked := f.Key("servicesEncrypted"); len(locked) > 2 && locked[0] == '"' {
		return foreign.Locked
	}
	return foreign.Plain
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var backup file
	if err := foreign.JSON(f.Bytes, &backup); err != nil {
		return foreign.Result{}, err
	}
	if backup.SchemaVersion < 1 || backup.SchemaVersion > newestSchema {
		return foreign.Result{}, foreign.Unsupported("2fas-version", "This 2FAS backup has a version that is not known here.",
			"Look for a newer Countersign; 2FAS backups up to schema 4 are read.")
	}
	services := backup.Services
	if backup.Encrypted != "" {
		raw, err := unlock(ctx, backup, password)
		if err != nil {
			return foreign.Result{}, err
		}
		if err := foreign.JSON(raw, &services); err != nil {
			return foreign.Result{}, err
		}
	}
	groups := make(map[string]string, len(backup.Groups))
	for _, g := range backup.Groups {
		groups[g.ID] = g.Name
	}
	reading := foreign.NewReading("2fas")
	for i, raw := range services {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var s service
		err := foreign.Element(raw, &s)
		kept := countersign.Entry{Issuer: s.Name, Label: s.OTP.Account}
		if err == nil {
			kept, err = s.countersign(groups)
		}
		reading.Keep(kept, err)
		progress(i+1, len(services))
	}
	return reading.Result, nil
}

func unlock(ctx context.Context, backup file, password countersign.Secret) ([]byte, error) {
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	plain, err := open(ctx, backup.Encrypted, password)
	if errors.Is(err, foreign.ErrWrongPassword) && backup.Reference != "" {
		// The reference is a known text under the same password: when it opens,
		// the password is right and the services are what is damaged.
		if _, check := open(ctx, backup.Reference, password); check == nil {
			return nil, foreign.Damaged("its accounts have changed since they were sealed", nil)
		}
	}
	return plain, err
}

// open opens "text:salt:nonce", each base64.
func open(ctx context.Context, sealed string, password countersign.Secret) ([]byte, error) {
	parts := strings.Split(sealed, ":")
	if len(parts) != 3 {
		return nil, foreign.Damaged("its sealed part does not have three parts", nil)
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			return nil, foreign.Damaged("its sealed part is not base64", err)
		}
	}
	key, err := foreign.PBKDF2(ctx, sha256.New, password, raw[1], rounds, 32)
	if err != nil {
		return nil, err
	}
	return foreign.OpenGCM(key, raw[2], raw[0], nil)
}

// countersign takes the service as 2FAS shows it: under its own name, which
// the person may have changed from what the issuer calls itself.
func (s service) countersign(groups map[string]string) (countersign.Entry, error) {
	out := countersign.Entry{Issuer: s.Name, Label: s.OTP.Account, Digits: 6}
	if out.Issuer == "" {
		out.Issuer = s.OTP.Issuer
	}
	switch s.OTP.TokenType {
	case "TOTP", "": // schema 1 knows no other type and does not name it
		out.Type = countersign.TOTP
	case "HOTP":
		out.Type = countersign.HOTP
	case "STEAM":
		out.Type, out.Digits = countersign.Steam, 5
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", s.OTP.TokenType)
	}
	// Absent means the default; Steam has no choice, and 2FAS does not read one.
	if s.OTP.Digits != nil && out.Type != countersign.Steam {
		out.Digits = *s.OTP.Digits
	}
	var err error
	if out.Secret, err = foreign.Base32(s.Secret); err != nil {
		return out, err
	}
	if out.Algorithm, err = foreign.Hash(s.OTP.Algorithm); err != nil {
		return out, err
	}
	if out.Type == countersign.HOTP {
		if s.OTP.Counter == nil {
			return out, foreign.Refused("counter-missing", "It counts its codes, and its counter is missing.")
		}
		out.Counter = *s.OTP.Counter
	} else {
		out.Period = 30
		if s.OTP.Period != nil {
			out.Period = *s.OTP.Period
		}
	}
	if s.GroupID != "" {
		name, ok := groups[s.GroupID]
		if !ok {
			return out, foreign.Refused("group-missing", "It belongs to a group that the file does not describe.")
		}
		out.Tags = []string{name}
	}
	return out, nil
}

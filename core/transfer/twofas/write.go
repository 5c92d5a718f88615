package twofas

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Target is 2FAS' backup.
func Target() foreign.Target {
	return foreign.Target{Name: "2fas", Title: "2FAS", Extension: ".2fas", Lock: foreign.OptionalLock, Write: Write}
}

const saltSize = 256

// referenceText is what 2FAS seals beside the accounts, to test a password by.
const referenceText = "tRViSsLKzd86Hprh4ceC2OP7xazn4rrt4xhfEUbOjxLX8Rc3mkISXE0lWbmnWfggogbBJhtYgpK6fMl1D6mtsy92R3HkdGfwuXbzLebqVFJsR7IZ2w58t938iymwG4824igYy1wi6n2WDpO1Q1P69zwJGs2F5a1qP4MyIiDSD7NCV2OvidXQCBnDlGfmz0f1BQySRkkt4ryiJeCjD2o4QsveJ9uDBUn8ELyOrESv5R5DMDkD4iAF8TXU7KyoJujd"

// What 2FAS can show; it takes something else for its default, which would
// change the codes.
var (
	possibleDigits  = []int{5, 6, 7, 8}
	possiblePeriods = []int{10, 30, 60, 90}
)

type written struct {
	Services       []writtenService `json:"services"`
	Encrypted      string           `json:"servicesEncrypted,omitempty"`
	Reference      string           `json:"reference,omitempty"`
	Groups         []writtenGroup   `json:"groups"`
	UpdatedAt      int64            `json:"updatedAt"`
	SchemaVersion  int              `json:"schemaVersion"`
	AppVersionCode int              `json:"appVersionCode"`
	AppVersionName string           `json:"appVersionName"`
	AppOrigin      string           `json:"appOrigin"`
}

type writtenGroup struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	IsExpanded bool   `json:"isExpanded"`
	UpdatedAt  int64  `json:"updatedAt"`
}

type writtenService struct {
	Name      string     `json:"name"`
	Secret    string     `json:"secret"`
	UpdatedAt int64      `json:"updatedAt"`
	OTP       writtenOTP `json:"otp"`
	Order     struct {
		Position int `json:"position"`
	} `json:"order"`
	GroupID string `json:"groupId,omitempty"`
}

type writtenOTP struct {
	Label     string  `json:"label"`
	Account   string  `json:"account"`
	Issuer    string  `json:"issuer,omitempty"`
	Digits    int     `json:"digits"`
	Period    int     `json:"period,omitempty"`
	Algorithm string  `json:"algorithm"`
	Counter   *uint64 `json:"counter,omitempty"`
	TokenType string  `json:"tokenType"`
	Source    string  `json:"source"`
}

// Write writes a backup of schema 4, locked if there is a password.
func Write(ctx context.Context, entries []countersign.Entry, password countersign.Secret, entropy io.Reader) (foreign.Export, error) {
	var w foreign.Writing
	// The version is one that writes schema 4; 2FAS reads any.
	out := written{Services: []writtenService{}, Groups: []writtenGroup{}, SchemaVersion: newestSchema, AppVersionCode: 5_000_000, AppVersionName: "5.0.0", AppOrigin: "android"}
	groups := map[string]string{}
	for _, e := range entries {
		if !w.Take(e, fits(e)) {
			continue
		}
		w.Lose(e, foreign.Carries{OneTag: true, Spaces: true})
		s := fromCountersign(e)
		s.Order.Position = len(out.Services)
		if len(e.Tags) > 0 {
			tag := e.Tags[0]
			if groups[tag] == "" {
				id, err := foreign.DrawUUID(entropy)
				if err != nil {
					return foreign.Export{}, err
				}
				groups[tag] = id
				out.Groups = append(out.Groups, writtenGroup{ID: id, Name: tag, IsExpanded: true})
			}
			s.GroupID = groups[tag]
		}
		out.Services = append(out.Services, s)
	}
	if password.Len() > 0 {
		if err := out.lock(ctx, password, entropy); err != nil {
			return foreign.Export{}, err
		}
	}
	var err error
	w.Export.File, err = json.MarshalIndent(out, "", "  ")
	return w.Export, err
}

func fits(e countersign.Entry) error {
	switch e.Type {
	case countersign.TOTP, countersign.HOTP, countersign.Steam:
	default:
		return foreign.Refused("type-not-held", "2FAS does not make this kind of code.")
	}
	if e.Issuer == "" {
		return foreign.Refused("name-not-held", "2FAS needs the name of the service. Give this account an issuer first.")
	}
	if !slices.Contains(possibleDigits, e.Digits) {
		return foreign.Refused("digits-not-held", "2FAS does not show codes of %d digits.", e.Digits)
	}
	if e.Type != countersign.HOTP && !slices.Contains(possiblePeriods, e.Period) {
		return foreign.Refused("period-not-held", "2FAS does not have codes that change every %d seconds.", e.Period)
	}
	return nil
}

func fromCountersign(e countersign.Entry) writtenService {
	s := writtenService{
		Name:   e.Issuer,
		Secret: foreign.EncodeBase32(e.Secret),
		OTP: writtenOTP{
			Label:     foreign.DisplayName(e.Issuer, e.Label),
			Account:   e.Label,
			Issuer:    e.Issuer,
			Digits:    e.Digits,
			Period:    e.Period,
			Algorithm: string(e.Algorithm),
			Source:    "manual",
		},
	}
	switch e.Type {
	case countersign.HOTP:
		s.OTP.TokenType, s.OTP.Counter = "HOTP", &e.Counter
	case countersign.Steam:
		s.OTP.TokenType = "STEAM"
	default:
		s.OTP.TokenType = "TOTP"
	}
	return s
}

// lock moves the services behind the password.
func (out *written) lock(ctx context.Context, password countersign.Secret, entropy io.Reader) error {
	plain, err := json.Marshal(out.Services)
	if err != nil {
		return err
	}
	if out.Encrypted, err = seal(ctx, plain, password, entropy); err != nil {
		return err
	}
	out.Services = []writtenService{}
	out.Reference, err = seal(ctx, []byte(referenceText), password, entropy)
	return err
}

func seal(ctx context.Context, plain []byte, password countersign.Secret, entropy io.Reader) (string, error) {
	salt, err := foreign.Draw(entropy, saltSize)
	if err != nil {
		return "", err
	}
	key, err := foreign.PBKDF2(ctx, sha256.New, password, salt, rounds, 32)
	if err != nil {
		return "", err
	}
	nonce, sealed, err := foreign.SealGCM(key, plain, entropy)
	if err != nil {
		return "", err
	}
	encode := base64.StdEncoding.EncodeToString
	return encode(sealed) + ":" + encode(salt) + ":" + encode(nonce), nil
}

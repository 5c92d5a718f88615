package totpauthenticator

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is TOTP Authenticator's backup.
func Format() foreign.Format {
	return foreign.Format{Name: "totpauthenticator", Title: "TOTP Authenticator", Recognise: recognise, Read: read}
}

// fixedPassword is what the application seals with when the person sets none.
const fixedPassword = "TotpAuthenticator"

const blockSize = 16

type account struct {
	Issuer   string `json:"issuer"`
	Name     string `json:"name"`
	Key      string `json:"key"`
	Base     int    `json:"base"`
	Digits   string `json:"digits"`
	Period   string `json:"period"`
	Favorite bool   `json:"isFavorite"`
}

func recognise(f *foreign.File) foreign.Sight {
	if _, ok := sealed(f); ok {
		return foreign.Likely
	}
	return foreign.Unseen
}

func sealed(f *foreign.File) ([]byte, bool) {
	text, ok := f.Text()
	if !ok || f.IsJSON() {
		return nil, false
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) < 2*blockSize {
		return nil, false
	}
	return raw, true
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	raw, ok := sealed(f)
	if !ok {
		return foreign.Result{}, foreign.UnknownFormat()
	}
	plain, err := unlock(raw, password)
	if err != nil {
		return foreign.Result{}, err
	}
	accounts, err := unwrap(plain)
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("totpauthenticator")
	for i, rawAccount := range accounts {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var a account
		err := foreign.Element(rawAccount, &a)
		kept := countersign.Entry{Issuer: a.issuer(), Label: a.Name}
		if err == nil {
			kept, err = a.countersign()
		}
		reading.Keep(kept, err)
		progress(i+1, len(accounts))
	}
	return reading.Result, nil
}

func unlock(raw []byte, password countersign.Secret) ([]byte, error) {
	given := password.Len() > 0
	if !given {
		password = countersign.NewSecret([]byte(fixedPassword))
	}
	key := sha256.Sum256(password.Reveal())
	// The IV is all zeros: the application has no other.
	plain, err := foreign.OpenCBC(key[:], make([]byte, blockSize), raw)
	if err == nil && !strings.HasPrefix(string(plain), `{"`) {
		err = foreign.WrongOrDamaged(plain)
	}
	if !given && errors.Is(err, foreign.ErrWrongPassword) {
		return nil, foreign.PasswordNeeded()
	}
	return plain, err
}

// unwrap takes the array out of the object's only key.
func unwrap(plain []byte) ([]json.RawMessage, error) {
	var outer map[string]json.RawMessage
	if err := foreign.JSON(plain, &outer); err != nil {
		return nil, err
	}
	if len(outer) != 1 {
		return nil, foreign.Damaged("its contents are not arranged as this format arranges them", nil)
	}
	var accounts []json.RawMessage
	for inner := range outer {
		if err := foreign.JSON([]byte(inner), &accounts); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

// issuer is empty where the application wrote its word for none.
func (a account) issuer() string {
	if a.Issuer == "Unknown" {
		return ""
	}
	return a.Issuer
}

func (a account) countersign() (countersign.Entry, error) {
	out := countersign.Entry{
		Type:      countersign.TOTP,
		Issuer:    a.issuer(),
		Label:     a.Name,
		Algorithm: countersign.SHA1,
		Digits:    6,
		Period:    30,
		Pinned:    a.Favorite,
	}
	var err error
	if out.Secret, err = a.secret(); err != nil {
		return out, err
	}
	if a.Digits != "" {
		if out.Digits, err = strconv.Atoi(a.Digits); err != nil {
			return out, foreign.Refused("digits-out-of-range", "Its number of digits is not a number.")
		}
	}
	if a.Period != "" {
		if out.Period, err = strconv.Atoi(a.Period); err != nil {
			return out, foreign.Refused("period-out-of-range", "Its period is not a number.")
		}
	}
	return out, nil
}

func (a account) secret() (countersign.Secret, error) {
	var raw []byte
	var err error
	switch a.Base {
	case 16:
		raw, err = hex.DecodeString(a.Key)
	case 32:
		return foreign.Base32(a.Key)
	case 64:
		raw, err = base64.StdEncoding.DecodeString(a.Key)
	default:
		return countersign.Secret{}, foreign.Refused("secret-unreadable", "Its secret is written in a base that is not known here (%d).", a.Base)
	}
	if err != nil {
		return countersign.Secret{}, foreign.Refused("secret-unreadable", "Its secret is not base %d as the file says.", a.Base)
	}
	return countersign.NewSecret(raw), nil
}

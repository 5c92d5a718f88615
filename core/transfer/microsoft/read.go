package microsoft

import (
	"context"
	"encoding/base64"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/sqlite"
)

// Format is the database.
func Format() foreign.Format {
	return foreign.Format{Name: "microsoft", Title: "Microsoft Authenticator", Recognise: recognise, Read: read}
}

// The application's numbers for accounts.
const (
	typeOther    = 0 // any other service
	typePersonal = 1 // a Microsoft account
)

func recognise(f *foreign.File) foreign.Sight {
	if sqlite.Mentions(f.Bytes, "accounts", "account_type", "oath_secret_key") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	rows, err := sqlite.Table(ctx, f.Bytes, "accounts", "account_type", "oath_secret_key", "name", "username")
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("microsoft")
	for i, row := range rows {
		reading.Keep(account(row))
		progress(i+1, len(rows))
	}
	return reading.Result, nil
}

func account(row sqlite.Row) (countersign.Entry, error) {
	e := countersign.Entry{
		Type:      countersign.TOTP,
		Issuer:    row["name"].Text,
		Label:     row["username"].Text,
		Algorithm: countersign.SHA1,
		Digits:    6,
		Period:    30,
	}
	secret := row["oath_secret_key"].Text
	var err error
	switch row["account_type"].Int {
	case typeOther:
		e.Secret, err = foreign.Base32(secret)
	case typePersonal:
		e.Digits = 8
		var raw []byte
		if raw, err = base64.StdEncoding.DecodeString(secret); err != nil {
			return e, foreign.Refused("secret-unreadable", "Its secret is not base64, as Microsoft accounts' are.")
		}
		e.Secret = countersign.NewSecret(raw)
	default:
		return e, foreign.Refused("sign-in-again", "This work or school account has no codes to take over. Sign in again on this phone.")
	}
	return e, err
}

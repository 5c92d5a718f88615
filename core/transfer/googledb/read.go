package googledb

import (
	"context"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/sqlite"
)

// Format is the database.
func Format() foreign.Format {
	return foreign.Format{Name: "googledb", Title: "Google Authenticator (database)", Recognise: recognise, Read: read}
}

// The application's numbers for types.
const (
	typeTOTP = 0
	typeHOTP = 1
)

func recognise(f *foreign.File) foreign.Sight {
	if sqlite.Mentions(f.Bytes, "accounts", "email", "secret", "provider") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	rows, err := sqlite.Table(ctx, f.Bytes, "accounts", "email", "secret", "counter", "type", "issuer", "original_name", "isencrypted")
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("googledb")
	for i, row := range rows {
		reading.Keep(account(row))
		progress(i+1, len(rows))
	}
	return reading.Result, nil
}

func account(row sqlite.Row) (countersign.Entry, error) {
	e := countersign.Entry{
		Type:      countersign.TOTP,
		Issuer:    row["issuer"].Text,
		Label:     row["email"].Text,
		Algorithm: countersign.SHA1,
		Digits:    6,
		Period:    30,
	}
	if e.Issuer == "" {
		if before, after, found := strings.Cut(e.Label, ":"); found {
			e.Issuer, e.Label = strings.TrimSpace(before), strings.TrimSpace(after)
		}
	} else if after, found := strings.CutPrefix(e.Label, e.Issuer+":"); found {
		e.Label = strings.TrimSpace(after)
	}
	if row["isencrypted"].Int != 0 {
		return e, foreign.Refused("secret-locked", "Its secret is locked with a key that stays in the phone. In Google Authenticator, choose Transfer accounts, Export, and scan the QR codes.")
	}
	switch row["type"].Int {
	case typeTOTP:
	case typeHOTP:
		if row["counter"].Int < 0 {
			return e, foreign.Refused("counter-out-of-range", "Its counter is below zero.")
		}
		e.Type, e.Period, e.Counter = countersign.HOTP, 0, uint64(row["counter"].Int)
	default:
		return e, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (number %d).", row["type"].Int)
	}
	var err error
	e.Secret, err = foreign.Base32(row["secret"].Text)
	return e, err
}

package authplus

import (
	"context"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/archive"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/linklist"
	"github.com/countersign-id/countersign/core/transfer/sqlite"
)

// Database is the encrypted database.
func Database() foreign.Format {
	return foreign.Format{Name: "authplus", Title: "Authenticator Plus", Recognise: recogniseDatabase, Read: readDatabase}
}

// Archive is the ZIP export.
func Archive() foreign.Format {
	return foreign.Format{Name: "authpluszip", Title: "Authenticator Plus (ZIP)", Recognise: recogniseArchive, Read: readArchive}
}

// minPages: a schema and a table.
const minPages = 2

// recogniseDatabase has no mark to go by: the file begins with a random salt.
// A file that lost its end is no multiple of the page size and still tried.
func recogniseDatabase(f *foreign.File) foreign.Sight {
	switch {
	case !f.Opaque() || len(f.Bytes) < minPages*pageSize:
		return foreign.Unseen
	case len(f.Bytes)%pageSize == 0:
		return foreign.Likely
	}
	return foreign.Possible
}

func readDatabase(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	if password.Len() == 0 {
		return foreign.Result{}, foreign.PasswordNeeded()
	}
	plain, err := decrypt(ctx, f.Bytes, password)
	if err != nil {
		return foreign.Result{}, err
	}
	rows, err := sqlite.Table(ctx, plain, "accounts", "email", "secret", "counter", "type", "issuer", "original_name", "category")
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("authplus")
	for i, row := range rows {
		reading.Keep(account(row))
		progress(i+1, len(rows))
	}
	return reading.Result, nil
}

// The application's numbers for types.
const (
	typeTOTP     = 0
	typeHOTP     = 1
	typeBlizzard = 2 // a hexadecimal secret and eight digits
)

// allAccounts is the application's word for no category.
const allAccounts = "All Accounts"

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
		if before, _, found := strings.Cut(row["original_name"].Text, ":"); found {
			e.Issuer = before
		}
	}
	if category := row["category"].Text; category != "" && category != allAccounts {
		e.Tags = []string{category}
	}
	var err error
	switch row["type"].Int {
	case typeTOTP:
		e.Secret, err = foreign.Base32(row["secret"].Text)
	case typeHOTP:
		if row["counter"].Int < 0 {
			return e, foreign.Refused("counter-out-of-range", "Its counter is below zero.")
		}
		e.Type, e.Period, e.Counter = countersign.HOTP, 0, uint64(row["counter"].Int)
		e.Secret, err = foreign.Base32(row["secret"].Text)
	case typeBlizzard:
		e.Digits = 8
		var raw []byte
		if raw, err = hex.DecodeString(row["secret"].Text); err != nil {
			return e, foreign.Refused("secret-not-hex", "Its secret is not hexadecimal, as Battle.net's are.")
		}
		e.Secret = countersign.NewSecret(raw)
	default:
		return e, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (number %d).", row["type"].Int)
	}
	return e, err
}

// listName is the file in the ZIP export.
const listName = "Accounts.txt"

func recogniseArchive(f *foreign.File) foreign.Sight {
	for _, file := range archive.List(f.Bytes) {
		if file.Name != listName {
			continue
		}
		if file.Locked {
			return foreign.Locked
		}
		return foreign.Plain
	}
	return foreign.Unseen
}

func readArchive(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	for _, file := range archive.List(f.Bytes) {
		if file.Name != listName {
			continue
		}
		raw, err := file.Read(password)
		if err != nil {
			return foreign.Result{}, err
		}
		if !utf8.Valid(raw) {
			return foreign.Result{}, foreign.Damaged("it is not text throughout", nil)
		}
		return linklist.ReadLines(ctx, "authpluszip", string(raw), progress)
	}
	return foreign.Result{}, foreign.UnknownFormat()
}

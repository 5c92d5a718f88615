package steamguard

import (
	"context"
	"encoding/base64"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the .maFile.
func Format() foreign.Format {
	return foreign.Format{Name: "steam", Title: "Steam", Recognise: recognise, Read: read}
}

type file struct {
	SharedSecret string `json:"shared_secret"`
	AccountName  string `json:"account_name"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.HasKeys("shared_secret") && (f.HasKeys("account_name") || f.HasKeys("identity_secret")) {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(_ context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var export file
	if err := foreign.JSON(f.Bytes, &export); err != nil {
		return foreign.Result{}, err
	}
	shape, _ := countersign.ShapeOf(countersign.Steam)
	e := countersign.Entry{
		Type:      countersign.Steam,
		Issuer:    "Steam",
		Label:     export.AccountName,
		Algorithm: shape.Algorithm,
		Digits:    shape.Digits,
		Period:    shape.Period,
	}
	raw, err := base64.StdEncoding.DecodeString(export.SharedSecret)
	if err != nil {
		err = foreign.Refused("secret-unreadable", "Its secret is not base64, as Steam's are.")
	}
	e.Secret = countersign.NewSecret(raw)
	reading := foreign.NewReading("steam")
	reading.Keep(e, err)
	progress(1, 1)
	return reading.Result, nil
}

package freeotp

import (
	"context"
	"encoding/json"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Plus is FreeOTP+'s JSON export.
func Plus() foreign.Format {
	return foreign.Format{Name: "freeotpplus", Title: "FreeOTP+", Recognise: recognisePlus, Read: readPlus}
}

func recognisePlus(f *foreign.File) foreign.Sight {
	if f.HasKeys("tokens", "tokenOrder") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func readPlus(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var export struct {
		Tokens []json.RawMessage `json:"tokens"`
	}
	if err := foreign.JSON(f.Bytes, &export); err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("freeotpplus")
	for i, raw := range export.Tokens {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		keepPlain(reading, raw)
		progress(i+1, len(export.Tokens))
	}
	return reading.Result, nil
}

// keepPlain keeps a token whose secret stands beside it.
func keepPlain(reading *foreign.Reading, raw json.RawMessage) {
	var a account
	err := foreign.Element(raw, &a)
	issuer, label := a.names()
	kept := countersign.Entry{Issuer: issuer, Label: label}
	if err == nil {
		kept, err = a.countersign(unsigned(a.Secret))
	}
	reading.Keep(kept, err)
}

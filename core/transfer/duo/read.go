package duo

import (
	"context"
	"encoding/json"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is accounts.json.
func Format() foreign.Format {
	return foreign.Format{Name: "duo", Title: "Duo Mobile", Recognise: recognise, Read: read}
}

type account struct {
	Name      string `json:"name"`
	Generator *struct {
		Secret  string  `json:"otpSecret"`
		Counter *uint64 `json:"counter"`
	} `json:"otpGenerator"`
}

func recognise(f *foreign.File) foreign.Sight {
	// The first account may be one without codes; "accountType" is in all.
	if f.FirstHasKeys("name", "otpGenerator") || f.FirstHasKeys("name", "accountType", "logoUri") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var accounts []json.RawMessage
	if err := foreign.JSON(f.Bytes, &accounts); err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("duo")
	for i, raw := range accounts {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(accounts))
		var a account
		err := foreign.Element(raw, &a)
		kept := countersign.Entry{Label: a.Name}
		if err == nil {
			kept, err = a.countersign()
		}
		reading.Keep(kept, err)
	}
	return reading.Result, nil
}

func (a account) countersign() (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP, Label: a.Name, Algorithm: countersign.SHA1, Digits: 6, Period: 30}
	if a.Generator == nil || a.Generator.Secret == "" {
		return e, foreign.Refused("push-only", "Duo approves this account by push; it has no codes to take over. Sign in again on this phone.")
	}
	if a.Generator.Counter != nil {
		e.Type, e.Period, e.Counter = countersign.HOTP, 0, *a.Generator.Counter
	}
	var err error
	e.Secret, err = foreign.Base32(a.Generator.Secret)
	return e, err
}

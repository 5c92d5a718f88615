package raivo

import (
	"context"
	"encoding/json"
	"strconv"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/archive"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is Raivo's export.
func Format() foreign.Format {
	return foreign.Format{Name: "raivo", Title: "Raivo OTP", Recognise: recognise, Read: read}
}

const inside = "raivo-otp-export.json"

type account struct {
	Issuer    string `json:"issuer"`
	Account   string `json:"account"`
	Secret    string `json:"secret"`
	Algorithm string `json:"algorithm"`
	Digits    string `json:"digits"`
	Kind      string `json:"kind"`
	Timer     string `json:"timer"`
	Counter   string `json:"counter"`
	Pinned    string `json:"pinned"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.FirstHasKeys("kind", "timer", "secret", "digits") {
		return foreign.Plain
	}
	found, ok := find(f)
	switch {
	case !ok:
		return foreign.Unseen
	case found.Locked:
		return foreign.Locked
	}
	return foreign.Plain
}

func find(f *foreign.File) (archive.File, bool) {
	for _, file := range archive.List(f.Bytes) {
		if file.Name == inside {
			return file, true
		}
	}
	return archive.File{}, false
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	raw := f.Bytes
	if found, ok := find(f); ok {
		var err error
		if raw, err = found.Read(password); err != nil {
			return foreign.Result{}, err
		}
	}
	var accounts []json.RawMessage
	if err := foreign.JSON(raw, &accounts); err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("raivo")
	for i, rawAccount := range accounts {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(accounts))
		var a account
		err := foreign.Element(rawAccount, &a)
		kept := countersign.Entry{Issuer: a.Issuer, Label: a.Account}
		if err == nil {
			kept, err = a.countersign()
		}
		reading.Keep(kept, err)
	}
	return reading.Result, nil
}

func (a account) countersign() (countersign.Entry, error) {
	out := countersign.Entry{Issuer: a.Issuer, Label: a.Account, Pinned: a.Pinned == "true"}
	var err error
	if out.Secret, err = foreign.Base32(a.Secret); err != nil {
		return out, err
	}
	if out.Algorithm, err = foreign.Hash(a.Algorithm); err != nil {
		return out, err
	}
	if out.Digits, err = strconv.Atoi(a.Digits); err != nil {
		return out, foreign.Refused("digits-out-of-range", "Its number of digits is not a number.")
	}
	switch a.Kind {
	case "TOTP":
		out.Type = countersign.TOTP
		if out.Period, err = strconv.Atoi(a.Timer); err != nil {
			return out, foreign.Refused("period-out-of-range", "Its period is not a number.")
		}
	case "HOTP":
		out.Type = countersign.HOTP
		if out.Counter, err = strconv.ParseUint(a.Counter, 10, 64); err != nil {
			return out, foreign.Refused("counter-missing", "It counts its codes, and its counter is not a number.")
		}
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", a.Kind)
	}
	return out, nil
}

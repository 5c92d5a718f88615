package freeotp

import (
	"context"
	"encoding/json"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Preferences is FreeOTP 1's tokens.xml.
func Preferences() foreign.Format {
	return foreign.Format{Name: "freeotp1", Title: "FreeOTP 1", Recognise: recognisePreferences, Read: readPreferences}
}

// order is the list of the tokens' names; every FreeOTP 1 file has it.
const order = "tokenOrder"

func recognisePreferences(f *foreign.File) foreign.Sight {
	if _, ok := f.Preferences(order); ok {
		return foreign.Plain
	}
	return foreign.Unseen
}

func readPreferences(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	preferences, ok := f.Preferences(order)
	if !ok {
		return foreign.Result{}, foreign.UnknownFormat()
	}
	reading := foreign.NewReading("freeotp1")
	for i, p := range preferences {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		if p.Name == order {
			continue
		}
		var raw json.RawMessage
		if err := foreign.JSON([]byte(p.Value), &raw); err != nil {
			reading.Refuse(p.Name, foreign.Refused("entry-unreadable", "This entry is not written as its format says."))
			continue
		}
		keepPlain(reading, raw)
		progress(i+1, len(preferences))
	}
	return reading.Result, nil
}

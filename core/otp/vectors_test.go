package otp

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
)

type entryVector struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Algorithm string `json:"algorithm"`
	Digits    int    `json:"digits"`
	Period    int    `json:"period"`
	Secret    string `json:"secret"`
	PIN       string `json:"pin"`
	Counter   uint64 `json:"counter"`
	TimeMS    int64  `json:"time_ms"`
}

func (v entryVector) entry(t *testing.T) countersign.Entry {
	t.Helper()
	secret, err := hex.DecodeString(v.Secret)
	if err != nil {
		t.Fatal(err)
	}
	return countersign.Entry{Type: countersign.EntryType(v.Type), Algorithm: countersign.Algorithm(v.Algorithm),
		Digits: v.Digits, Period: v.Period, Counter: v.Counter,
		Secret: countersign.NewSecret(secret), PIN: countersign.NewSecret([]byte(v.PIN))}
}

type corpus struct {
	About string `json:"about"`
	Codes []struct {
		entryVector
		Source string `json:"source"`
		Code   string `json:"code"`
	} `json:"codes"`
	Refused []struct {
		entryVector
		Error string `json:"error"`
	} `json:"refused"`
	Windows []struct {
		Name    string `json:"name"`
		Type    string `json:"type"`
		Period  int    `json:"period"`
		TimeMS  int64  `json:"time_ms"`
		StartMS int64  `json:"start_ms"`
		EndMS   int64  `json:"end_ms"`
	} `json:"windows"`
}

func readCorpus(t *testing.T) corpus {
	t.Helper()
	text, err := os.ReadFile("../../vectors/otp.json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a vector that nobody reads tests nothing
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCodesAreThoseOfTheVectors(t *testing.T) { // check A8
	for _, v := range readCorpus(t).Codes {
		t.Run(v.Name, func(t *testing.T) {
			e := v.entry(t)
			got, err := Code(e, time.UnixMilli(v.TimeMS))
			if err != nil || got != v.Code {
				t.Errorf("got %q and %v, want %q (%s)", got, err, v.Code, v.Source)
			}
		})
	}
}

func TestWhatTheVectorsRefuseMakesNoCode(t *testing.T) {
	faults := map[string]error{"type": countersign.ErrEntryType, "algorithm": countersign.ErrEntryAlgorithm, "digits": countersign.ErrEntryDigits, "period": countersign.ErrEntryPeriod,
		"counter": countersign.ErrEntryCounter, "secret": countersign.ErrEntrySecret, "pin": ErrPIN, "time": ErrTime}
	for _, v := range readCorpus(t).Refused {
		t.Run(v.Name, func(t *testing.T) {
			want := faults[v.Error]
			if want == nil {
				t.Fatalf("no fault is called %q", v.Error)
			}
			e := v.entry(t)
			got, err := Code(e, time.UnixMilli(v.TimeMS))
			if got != "" || !errors.Is(err, want) {
				t.Errorf("got %q and %v, want %v", got, err, want)
			}
			if err := e.Check(); want == ErrPIN || want == ErrTime {
				if err != nil {
					t.Errorf("Check: got %v, want nothing: the entry itself is sound", err)
				}
			} else if !errors.Is(err, want) {
				t.Errorf("Check: got %v, want %v", err, want)
			}
		})
	}
}

func TestWindowsAreThoseOfTheVectors(t *testing.T) {
	for _, v := range readCorpus(t).Windows {
		t.Run(v.Name, func(t *testing.T) {
			e := countersign.Entry{Type: countersign.EntryType(v.Type), Period: v.Period}
			start, end := Window(e, time.UnixMilli(v.TimeMS))
			if start.UnixMilli() != v.StartMS || end.UnixMilli() != v.EndMS {
				t.Errorf("got %d to %d, want %d to %d", start.UnixMilli(), end.UnixMilli(), v.StartMS, v.EndMS)
			}
		})
	}
}

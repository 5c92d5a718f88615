package foreign

import (
	"context"
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// Result is what one file yielded.
type Result struct {
	Format  string // the name of the format, as Format.Name gives it
	Entries []countersign.Entry
	Refused []Refusal
}

// Refusal is one entry that was not taken over. The rest of its file was.
type Refusal struct {
	Name   string // the entry's name, or its place in the file when it has none
	Code   string // stable, for programs
	Reason string // a sentence, for the person
}

// Progress hears how far a reading has come. It is called on the goroutine
// that reads, with done rising to total.
type Progress func(done, total int)

// Format is one kind of file that can be read.
type Format struct {
	Name      string // stable, lower case: "aegis"
	Title     string // as its makers write it: "Aegis"
	Recognise func(*File) Sight
	Read      func(context.Context, *File, countersign.Secret, Progress) (Result, error)
}

// Sight is what a glance at a file says about one format, with no password.
type Sight uint8

// The sights, from none to certain.
const (
	Unseen   Sight = iota
	Possible       // the format has no mark of its own; only opening it will tell
	Likely         // the same, but what little there is to see fits
	Plain          // the format, readable as it is
	Locked         // the format, behind a password
)

// Reading gathers entries and refusals in the order of the file.
type Reading struct {
	Result Result
	seen   int
}

// NewReading begins a reading of the named format.
func NewReading(format string) *Reading {
	return &Reading{Result: Result{Format: format}}
}

// Keep takes the entry, or records why not: err if there is one, else what
// Check finds. It is the only way into a Result, so no reader skips the check.
func (r *Reading) Keep(e countersign.Entry, err error) {
	if err == nil {
		err = Check(e)
	}
	if err != nil {
		r.Refuse(DisplayName(e.Issuer, e.Label), err)
		return
	}
	r.seen++
	r.Result.Entries = append(r.Result.Entries, e)
}

// Refuse records an entry that is not understood. An entry without a name is
// known by its place among those seen so far.
func (r *Reading) Refuse(name string, err error) {
	r.seen++
	if name == "" {
		name = fmt.Sprintf("entry %d", r.seen)
	}
	r.Result.Refused = append(r.Result.Refused, refusal(name, err))
}

// DisplayName is how a refusal names an entry.
func DisplayName(issuer, label string) string {
	switch {
	case issuer == "":
		return label
	case label == "" || label == issuer:
		return issuer
	}
	return issuer + ": " + label
}

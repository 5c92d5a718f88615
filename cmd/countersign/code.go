package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otp"
	"github.com/countersign-id/countersign/core/vault"
)

type codeCommand struct {
	Name    string     `arg:"" help:"Issuer, label, issuer:label, or the beginning of an id."`
	At      *time.Time `help:"The code of another time (RFC 3339)." placeholder:"TIME" format:"2006-01-02T15:04:05Z07:00"`
	PINFile string     `name:"pin-file" help:"A file whose first line is the PIN (mOTP, Yandex)." placeholder:"FILE"`
}

// codeShown is a code as programs read it.
type codeShown struct {
	ID         string  `json:"id"`
	Issuer     string  `json:"issuer"`
	Label      string  `json:"label"`
	Type       string  `json:"type"`
	Code       string  `json:"code"`
	Next       string  `json:"next,omitempty"`
	ValidUntil string  `json:"valid_until,omitempty"`
	Remaining  int     `json:"remaining,omitempty"` // seconds
	Counter    *uint64 `json:"counter,omitempty"`
}

func (k *codeCommand) Run(ctx context.Context, s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	i, err := s.pick(c, k.Name)
	if err != nil {
		return err
	}
	e := c.Entries[i]
	if err := s.givePIN(&e, k.PINFile); err != nil {
		return err
	}
	var out codeShown
	if e.Type == countersign.HOTP {
		if k.At != nil {
			return usage("%s counts its codes; --at has no meaning for it.", nameOf(&e))
		}
		out, err = s.countedCode(ctx, e.ID)
	} else {
		at := s.now()
		if k.At != nil {
			at = *k.At
		}
		out, err = codeOf(e, at)
	}
	if err != nil {
		return codeProblem(&e, err)
	}
	return s.say(out.Code, out)
}

// codeOf is the code of an entry whose codes follow the clock.
func codeOf(e countersign.Entry, at time.Time) (codeShown, error) {
	code, err := otp.Code(e, at)
	if err != nil {
		return codeShown{}, err
	}
	_, end := otp.Window(e, at)
	next, err := otp.Code(e, end)
	if err != nil {
		return codeShown{}, err
	}
	return codeShown{
		ID: e.ID, Issuer: e.Issuer, Label: e.Label, Type: string(e.Type), Code: code, Next: next,
		ValidUntil: end.UTC().Format(time.RFC3339), Remaining: int((end.Sub(at) + time.Second - 1) / time.Second),
	}, nil
}

// countedCode spends a counter. It is saved before the code is shown: a crash
// in between skips a code, which servers allow for, and never shows one twice.
func (s *session) countedCode(ctx context.Context, id string) (codeShown, error) {
	var out codeShown
	err := s.update(ctx, func(c *vault.Content) error {
		for i := range c.Entries {
			e := &c.Entries[i]
			if e.ID != id {
				continue
			}
			code, err := otp.CodeAt(*e, e.Counter)
			if err != nil {
				return err
			}
			counter := e.Counter
			out = codeShown{ID: e.ID, Issuer: e.Issuer, Label: e.Label, Type: string(e.Type), Code: code, Counter: &counter}
			e.Counter++
			return nil
		}
		return notFound(id)
	})
	return out, err
}

// givePIN fills in a PIN that is not kept.
func (s *session) givePIN(e *countersign.Entry, file string) error {
	if e.Type != countersign.MOTP && e.Type != countersign.Yandex || e.PIN.Len() > 0 {
		return nil
	}
	var pin countersign.Secret
	var err error
	switch {
	case file != "":
		pin, err = readSecretFile(file)
	case s.terminal != nil:
		pin, err = s.terminal.secret(askPIN)
	}
	if err != nil {
		return err
	}
	e.PIN = pin
	return nil
}

func codeProblem(e *countersign.Entry, err error) error {
	switch {
	case errors.Is(err, otp.ErrPIN):
		return &failure{exit: exitPassword, code: "pin-needed", said: fmt.Sprintf("%s needs its PIN, which is not kept here.", nameOf(e)),
			next: "Give it by --pin-file FILE, or run this in a terminal, which asks.", cause: err}
	case errors.Is(err, otp.ErrTime):
		return usage("There were no codes before 1970.")
	case errors.Is(err, countersign.ErrMalformed):
		return &failure{exit: exitFailed, code: "entry", said: fmt.Sprintf("%s makes no codes here: %s.", nameOf(e), err), cause: err}
	}
	return err
}

// pick is the one entry that a name means.
func (s *session) pick(c *vault.Content, name string) (int, error) {
	found := vault.Find(c.Entries, name)
	switch len(found) {
	case 0:
		return 0, notFound(name)
	case 1:
		return found[0], nil
	}
	return 0, ambiguous(name, entryCandidates(c, found))
}

func notFound(name string) error {
	return &failure{exit: exitNone, code: "not-found", said: saidNotFound(name), next: "See what is there: countersign list.", cause: countersign.ErrNotFound}
}

func ambiguous(name string, candidates []candidate) error {
	return &failure{exit: exitAmbiguous, code: "ambiguous", said: saidAmbiguous(name, len(candidates)),
		next: "Name one by issuer:label, or by its id.", members: map[string]any{"candidates": candidates}}
}

func entryCandidates(c *vault.Content, found []int) []candidate {
	all := make([]string, len(c.Entries))
	for i := range c.Entries {
		all[i] = c.Entries[i].ID
	}
	short := shorten(all)
	var out []candidate
	for _, i := range found {
		out = append(out, candidate{c.Entries[i].ID, nameOf(&c.Entries[i]), short[c.Entries[i].ID]})
	}
	return out
}

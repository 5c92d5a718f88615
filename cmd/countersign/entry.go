package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/vault"
)

// entryShown is an entry as programs read it, without its key.
type entryShown struct {
	ID        string   `json:"id"`
	Issuer    string   `json:"issuer"`
	Label     string   `json:"label"`
	Type      string   `json:"type"`
	Algorithm string   `json:"algorithm"`
	Digits    int      `json:"digits"`
	Period    int      `json:"period"`
	Counter   uint64   `json:"counter"`
	Note      string   `json:"note"`
	Tags      []string `json:"tags"`
	Pinned    bool     `json:"pinned"`
	Created   string   `json:"created,omitempty"`
	Code      string   `json:"code,omitempty"`
	Remaining int      `json:"remaining,omitempty"`
}

func showEntry(e *countersign.Entry) entryShown {
	out := entryShown{ID: e.ID, Issuer: e.Issuer, Label: e.Label, Type: string(e.Type), Algorithm: string(e.Algorithm),
		Digits: e.Digits, Period: e.Period, Counter: e.Counter, Note: e.Note, Tags: append([]string{}, e.Tags...), Pinned: e.Pinned}
	if !e.Created.IsZero() {
		out.Created = e.Created.UTC().Format(time.RFC3339)
	}
	return out
}

type listCommand struct {
	Search string `arg:"" optional:"" help:"Only accounts in which these words stand."`
	Codes  bool   `help:"With the codes of this moment."`
}

func (k *listCommand) Run(s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	found := vault.Search(c.Entries, k.Search)
	slices.SortStableFunc(found, func(a, b int) int {
		switch ea, eb := &c.Entries[a], &c.Entries[b]; {
		case ea.Pinned && !eb.Pinned:
			return -1
		case eb.Pinned && !ea.Pinned:
			return 1
		}
		return 0
	})
	now := s.now()
	short := entryCandidates(c, found)
	entries := make([]entryShown, 0, len(found))
	var rows [][]string
	for n, i := range found {
		e := &c.Entries[i]
		out := showEntry(e)
		row := []string{short[n].short, shown(e.Issuer), shown(e.Label), string(e.Type)}
		if k.Codes {
			// An entry that makes no codes is listed all the same.
			if code, err := codeOf(*e, now); err == nil && e.Type != countersign.HOTP {
				out.Code, out.Remaining = code.Code, code.Remaining
				row = append(row, grouped(code.Code), fmt.Sprintf("%d s", code.Remaining))
			}
		}
		entries = append(entries, out)
		rows = append(rows, row)
	}
	if s.JSON {
		return writeJSON(s.stdout, map[string]any{"entries": entries})
	}
	if len(rows) == 0 {
		if k.Search != "" {
			return notFound(k.Search)
		}
		_, err := fmt.Fprintln(s.stdout, saidNoEntries, "Add one: countersign add.")
		return err
	}
	head := "ID ISSUER LABEL TYPE"
	if k.Codes {
		head += " CODE LEFT"
	}
	return table(s.stdout, head, rows)
}

type addCommand struct {
	Link      string  `arg:"" optional:"" help:"An otpauth link; - reads it from standard input."`
	Issuer    string  `help:"The site, when adding by key." placeholder:"NAME"`
	Label     string  `help:"The account's name there." placeholder:"NAME"`
	Type      string  `help:"How codes are made (${enum})." enum:"totp,hotp,steam" default:"totp"`
	Algorithm string  `help:"${enum}." enum:"SHA1,SHA256,SHA512," default:""`
	Digits    int     `help:"Digits of a code."`
	Period    int     `help:"Seconds that a code lasts."`
	Counter   *uint64 `help:"Counter of the next code (HOTP)."`
}

func (k *addCommand) Run(ctx context.Context, s *session) error {
	e, dropped, err := k.entry(s)
	if err != nil {
		return err
	}
	if e.ID, err = newID(); err != nil {
		return err
	}
	e.Created = s.now().UTC().Truncate(time.Millisecond)
	twin := false
	err = s.update(ctx, func(c *vault.Content) error {
		for i := range c.Entries {
			if vault.Same(&c.Entries[i], &e) {
				return &failure{exit: exitFailed, code: "already-here", said: fmt.Sprintf("%s is here already, with the same key. Nothing was changed.", nameOf(&e))}
			}
			twin = twin || c.Entries[i].Issuer == e.Issuer && c.Entries[i].Label == e.Label
		}
		c.Entries = append(c.Entries, e)
		return nil
	})
	if err != nil {
		return err
	}
	if len(dropped) > 0 {
		fmt.Fprintf(s.stderr, "Left out of the link, without meaning for codes: %s.\n", shown(strings.Join(dropped, ", ")))
	}
	said := fmt.Sprintf("Added %s. Its code: countersign code %s", nameOf(&e), quoted(nameOf(&e)))
	if twin {
		said = fmt.Sprintf("Added %s beside the one of the same name. Tell them apart by id: countersign list", nameOf(&e))
	}
	return s.say(said, showEntry(&e))
}

// entry is what is to be added, by link or by key.
func (k *addCommand) entry(s *session) (e countersign.Entry, dropped []string, err error) {
	if k.Link != "" {
		text := k.Link
		if text == "-" {
			if text, err = firstLine(s.stdin, otpauth.MaxLength+2); err != nil {
				return e, nil, err
			}
		}
		link, err := otpauth.Parse(strings.TrimSpace(text))
		if err != nil {
			return e, nil, linkProblem(err)
		}
		return link.Entry, link.Dropped, nil
	}
	if k.Issuer == "" && k.Label == "" {
		return e, nil, usage("Say what to add: an otpauth link, or --issuer and --label and then the key.")
	}
	var key string
	if s.terminal != nil {
		typed, err := s.terminal.secret(askKey)
		if err != nil {
			return e, nil, err
		}
		key = string(typed.Reveal())
	} else if key, err = firstLine(s.stdin, otpauth.MaxLength); err != nil {
		return e, nil, err
	}
	if k.Counter != nil && k.Type != string(countersign.HOTP) {
		return e, nil, usage("Only hotp counts; leave --counter out or add --type hotp.")
	}
	// By way of a link, so that a key is read by one set of rules.
	link, err := otpauth.Parse(k.link(key))
	if err != nil {
		return e, nil, linkProblem(err)
	}
	e = link.Entry
	e.Issuer, e.Label = k.Issuer, k.Label
	// What a link cannot say, no export could carry on.
	if _, err := otpauth.Marshal(e); err != nil {
		return e, nil, linkProblem(err)
	}
	return e, nil, nil
}

func (k *addCommand) link(key string) string {
	q := url.Values{"secret": {key}}
	if k.Algorithm != "" {
		q.Set("algorithm", k.Algorithm)
	}
	if k.Digits != 0 {
		q.Set("digits", strconv.Itoa(k.Digits))
	}
	if k.Period != 0 {
		q.Set("period", strconv.Itoa(k.Period))
	}
	if k.Type == string(countersign.HOTP) {
		q.Set("counter", "0")
		if k.Counter != nil {
			q.Set("counter", strconv.FormatUint(*k.Counter, 10))
		}
	}
	return "otpauth://" + k.Type + "/?" + q.Encode()
}

func linkProblem(err error) error {
	var refusal *otpauth.Refusal
	if errors.As(err, &refusal) {
		return &failure{exit: exitFailed, code: string(refusal.Code), said: refusal.Sentence() + " Nothing was added.", cause: err}
	}
	return err
}

type editCommand struct {
	Name     string   `arg:"" help:"Issuer, label, issuer:label, or the beginning of an id."`
	Issuer   *string  `help:"The site." placeholder:"NAME"`
	Label    *string  `help:"The account's name there." placeholder:"NAME"`
	Note     *string  `help:"A note." placeholder:"TEXT"`
	Tag      []string `help:"A tag; may be repeated. Replaces those that are there." placeholder:"TAG" sep:"none"`
	NoTags   bool     `help:"Take all tags off."`
	Counter  *uint64  `help:"Counter of the next code (HOTP)."`
	PinToTop *bool    `help:"List it first, or no longer." negatable:""`
}

func (k *editCommand) Run(ctx context.Context, s *session) error {
	var e countersign.Entry
	err := s.update(ctx, func(c *vault.Content) error {
		i, err := s.pick(c, k.Name)
		if err != nil {
			return err
		}
		if err := k.change(&c.Entries[i]); err != nil {
			return err
		}
		e = c.Entries[i]
		return nil
	})
	if err != nil {
		return err
	}
	return s.say(fmt.Sprintf("Changed %s.", nameOf(&e)), showEntry(&e))
}

func (k *editCommand) change(e *countersign.Entry) error {
	if k.Issuer != nil {
		e.Issuer = *k.Issuer
	}
	if k.Label != nil {
		e.Label = *k.Label
	}
	if k.Note != nil {
		e.Note = *k.Note
	}
	if k.NoTags {
		e.Tags = nil
	}
	if len(k.Tag) > 0 {
		e.Tags = k.Tag
	}
	if k.PinToTop != nil {
		e.Pinned = *k.PinToTop
	}
	if k.Counter != nil {
		if e.Type != countersign.HOTP {
			return usage("%s does not count: its codes follow the clock.", nameOf(e))
		}
		e.Counter = *k.Counter
	}
	if _, err := otpauth.Marshal(*e); err != nil {
		return linkProblem(err)
	}
	return nil
}

// firstLine reads a line that may be a key: it is not shown and not kept.
func firstLine(r io.Reader, most int) (string, error) {
	lines := bufio.NewReader(io.LimitReader(r, int64(most)+1))
	text, err := lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", usage("Nothing came on standard input.")
	}
	return text, nil
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:@._-+") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

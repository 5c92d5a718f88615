package main

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer"
	"github.com/countersign-id/countersign/core/vault"
)

type importCommand struct {
	File         string `arg:"" optional:"" help:"The file that the other authenticator exported; - reads standard input."`
	PasswordFile string `help:"A file whose first line is the export's password." placeholder:"FILE"`
	DryRun       bool   `help:"Show what would come, and change nothing."`
	ShowSecrets  bool   `help:"Print the keys too (base32)."`
	Undo         bool   `help:"Take back the latest import."`
}

// maxImport is a bound on what is read into memory; readers have their own.
const maxImport = 256 << 20

type importedShown struct {
	Issuer    string `json:"issuer"`
	Label     string `json:"label"`
	Type      string `json:"type"`
	Algorithm string `json:"algorithm"`
	Digits    int    `json:"digits"`
	Period    int    `json:"period"`
	Counter   uint64 `json:"counter"`
	Secret    string `json:"secret,omitempty"` // base32, with --show-secrets alone
}

type refusedShown struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// importShown is the answer of import. Already names entries of the file that
// the vault has with the same key: they are not added twice.
type importShown struct {
	Format   string          `json:"format"`
	Entries  []importedShown `json:"entries"`
	Refused  []refusedShown  `json:"refused"`
	Already  []importedShown `json:"already,omitempty"`
	Imported int             `json:"imported"`
}

func (k *importCommand) Run(ctx context.Context, s *session) error {
	if k.Undo {
		if k.File != "" {
			return usage("--undo takes back the latest import; it reads no file.")
		}
		return s.undoImport(ctx)
	}
	if k.File == "" {
		return usage("Say which file to read.")
	}
	file, err := k.open(s)
	if err != nil {
		return err
	}
	result, err := k.read(ctx, s, file)
	if err != nil {
		return err
	}
	out := importShown{Format: result.Format, Entries: []importedShown{}, Refused: []refusedShown{}}
	for _, r := range result.Refused {
		out.Refused = append(out.Refused, refusedShown{r.Name, r.Reason})
	}
	var fit []countersign.Entry
	now := s.now().UTC().Truncate(time.Millisecond)
	for _, e := range result.Entries {
		if e.ID, err = newID(); err != nil {
			return err
		}
		if e.Created.IsZero() {
			e.Created = now
		}
		if err := vault.CheckEntry(&e); err != nil {
			out.Refused = append(out.Refused, refusedShown{nameOf(&e), "The vault cannot hold it: " + err.Error() + "."})
			continue
		}
		fit = append(fit, e)
		out.Entries = append(out.Entries, k.shown(&e))
	}
	if !k.DryRun && len(fit) > 0 {
		if err := k.keep(ctx, s, &out, fit, now); err != nil {
			return err
		}
	}
	return k.tell(s, &out)
}

func (k *importCommand) shown(e *countersign.Entry) importedShown {
	out := importedShown{Issuer: e.Issuer, Label: e.Label, Type: string(e.Type), Algorithm: string(e.Algorithm),
		Digits: e.Digits, Period: e.Period, Counter: e.Counter}
	if k.ShowSecrets {
		out.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(e.Secret.Reveal())
	}
	return out
}

func (k *importCommand) open(s *session) ([]byte, error) {
	if k.File == "-" {
		return io.ReadAll(io.LimitReader(s.stdin, maxImport))
	}
	f, err := os.Open(k.File)
	if err != nil {
		return nil, fileProblem(k.File, err)
	}
	defer f.Close()
	file, err := io.ReadAll(io.LimitReader(f, maxImport))
	if err != nil {
		return nil, fileProblem(k.File, err)
	}
	return file, nil
}

// read reads the file, and asks for its password where somebody can answer.
func (k *importCommand) read(ctx context.Context, s *session, file []byte) (transfer.Result, error) {
	var password countersign.Secret
	var err error
	if k.PasswordFile != "" {
		if password, err = readSecretFile(k.PasswordFile); err != nil {
			return transfer.Result{}, err
		}
	}
	result, err := transfer.Read(ctx, file, password)
	for tries := 0; tries < 3 && k.PasswordFile == "" && s.terminal != nil && wantsPassword(err); tries++ {
		if errors.Is(err, transfer.ErrWrongPassword) {
			fmt.Fprintln(s.stderr, "That password does not open the file.")
		}
		if password, err = s.terminal.secret(askFile); err != nil {
			return result, err
		}
		result, err = transfer.Read(ctx, file, password)
	}
	return result, fileFailure(err)
}

func wantsPassword(err error) bool {
	return errors.Is(err, transfer.ErrPasswordNeeded) || errors.Is(err, transfer.ErrWrongPassword)
}

// fileFailure puts the refusal of a whole file into its reader's words.
func fileFailure(err error) error {
	var f *transfer.FileError
	if !errors.As(err, &f) {
		return err
	}
	exit, next := exitFailed, f.Next
	if wantsPassword(err) {
		exit = exitPassword
	}
	if errors.Is(err, transfer.ErrPasswordNeeded) {
		next += " Give it by --password-file FILE."
	}
	return &failure{exit: exit, code: f.Code, said: f.Reason + " Nothing was imported.", next: next, cause: err}
}

// keep adds the entries that the vault does not have yet, and records which,
// so that the import can be undone. Entries that share a name with others, in
// the vault or in the file, are all kept (check A6).
func (k *importCommand) keep(ctx context.Context, s *session, out *importShown, found []countersign.Entry, now time.Time) error {
	id, err := newID()
	if err != nil {
		return err
	}
	source := filepath.Base(k.File)
	return s.update(ctx, func(c *vault.Content) error {
		record := vault.Import{ID: id, At: now, Source: source, Format: out.Format}
		before := c.Entries
		for i := range found {
			e := &found[i]
			if already(before, e) {
				out.Already = append(out.Already, k.shown(e))
				continue
			}
			c.Entries = append(c.Entries, *e)
			record.Entries = append(record.Entries, e.ID)
		}
		out.Imported = len(record.Entries)
		if out.Imported == 0 {
			return nil
		}
		c.Imports = append(c.Imports, record)
		if over := len(c.Imports) - vault.MaxImports; over > 0 {
			c.Imports = c.Imports[over:]
		}
		return nil
	})
}

func already(entries []countersign.Entry, e *countersign.Entry) bool {
	for i := range entries {
		if vault.Same(&entries[i], e) {
			return true
		}
	}
	return false
}

// tell says what came of it. Refused entries are named even when all else is
// well; then the exit code says so too.
func (k *importCommand) tell(s *session, out *importShown) error {
	if s.JSON {
		if err := writeJSON(s.stdout, out); err != nil {
			return err
		}
	} else {
		k.say(s, out)
	}
	switch {
	case len(out.Refused) > 0 && len(out.Entries) == 0:
		return &quiet{exitFailed}
	case len(out.Refused) > 0:
		return &quiet{exitSome}
	}
	return nil
}

func (k *importCommand) say(s *session, out *importShown) {
	for _, e := range out.Entries {
		line := nameOf(&countersign.Entry{Issuer: e.Issuer, Label: e.Label}) + "  " + e.Type
		if k.ShowSecrets {
			line += "  " + e.Secret
		}
		if k.DryRun || k.ShowSecrets {
			fmt.Fprintln(s.stdout, line)
		}
	}
	for _, r := range out.Refused {
		fmt.Fprintf(s.stderr, "Refused: %s. %s\n", shown(r.Name), shown(r.Reason))
	}
	read := plural(len(out.Entries), "account", "accounts")
	if k.DryRun {
		fmt.Fprintf(s.stdout, "%s can be read (%s). Nothing was changed.\n", read, out.Format)
		return
	}
	said := fmt.Sprintf("Imported %s of %s (%s).", plural(out.Imported, "account", "accounts"), plural(len(out.Entries)+len(out.Refused), "account", "accounts"), out.Format)
	if n := len(out.Already); n > 0 {
		said += fmt.Sprintf(" Here already, with the same key: %d.", n)
	}
	if out.Imported > 0 {
		said += " To take it back: countersign import --undo."
	}
	fmt.Fprintln(s.stdout, said)
}

func (s *session) undoImport(ctx context.Context) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	if len(c.Imports) == 0 {
		return &failure{exit: exitNone, code: "no-import", said: "There is no import to take back."}
	}
	var names []string
	var record vault.Import
	err = s.update(ctx, func(c *vault.Content) error {
		names = nil
		if len(c.Imports) == 0 {
			return &failure{exit: exitNone, code: "no-import", said: "There is no import to take back."}
		}
		record = c.Imports[len(c.Imports)-1]
		c.Imports = c.Imports[:len(c.Imports)-1]
		brought := make(map[string]bool, len(record.Entries))
		for _, id := range record.Entries {
			brought[id] = true
		}
		var kept []countersign.Entry
		for _, e := range c.Entries {
			if brought[e.ID] {
				names = append(names, nameOf(&e))
				continue
			}
			kept = append(kept, e)
		}
		c.Entries = kept
		return nil
	})
	if err != nil {
		return err
	}
	said := fmt.Sprintf("Took back the import of %s (%s, %s): %s.", shown(record.Source), record.Format,
		record.At.Local().Format("2 January 2006, 15:04"), plural(len(names), "account", "accounts"))
	if len(names) > 0 {
		said += " Removed: " + listed(names) + "."
	}
	return s.say(said, map[string]any{"undone": record.Source, "format": record.Format, "removed": len(names)})
}

// quiet is an exit code whose sentences were said already.
type quiet struct{ exit int }

func (q *quiet) Error() string { return fmt.Sprintf("exit %d", q.exit) }

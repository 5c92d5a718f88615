package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/transfer"
	"github.com/countersign-id/countersign/core/vault"
)

type exportCommand struct {
	File  string `arg:"" help:"The file to write; - is standard output."`
	Force bool   `help:"Replace the file if it is there."`
}

type exportShown struct {
	Format   string         `json:"format"`
	File     string         `json:"file"`
	Exported int            `json:"exported"`
	Refused  []refusedShown `json:"refused"`
}

func (k *exportCommand) Run(ctx context.Context, s *session) error {
	if k.File == "-" && s.JSON {
		return usage("With - the links are the output; leave --json out.")
	}
	c, err := s.content()
	if err != nil {
		return err
	}
	if len(c.Entries) == 0 {
		return &failure{exit: exitNone, code: "nothing", said: saidNoEntries}
	}
	links, written, refused := linksOf(c.Entries)
	if len(written) == 0 {
		return &failure{exit: exitFailed, code: "nothing", said: "No account here can be described by a link. Nothing was written.", members: map[string]any{"refused": refused}}
	}
	format, err := checkExport(ctx, links, written)
	if err != nil {
		return err
	}
	if k.File == "-" {
		if _, err := s.stdout.Write(links); err != nil {
			return err
		}
	} else if err := k.write(ctx, links, written); err != nil {
		return err
	}
	return k.tell(s, exportShown{Format: format, File: k.File, Exported: len(written), Refused: refused})
}

// linksOf spells what links can spell, and names the rest.
func linksOf(entries []countersign.Entry) (links []byte, written []countersign.Entry, refused []refusedShown) {
	refused = []refusedShown{}
	for _, e := range entries {
		link, err := otpauth.Marshal(e)
		var refusal *otpauth.Refusal
		switch {
		case errors.As(err, &refusal):
			refused = append(refused, refusedShown{nameOf(&e), refusal.Sentence()})
		case err != nil:
			refused = append(refused, refusedShown{nameOf(&e), err.Error()})
		default:
			links = append(append(links, link...), '\n')
			written = append(written, e)
		}
	}
	return links, written, refused
}

// checkExport reads an export as another application would, and refuses it
// when anything in it came out otherwise.
func checkExport(ctx context.Context, links []byte, want []countersign.Entry) (format string, err error) {
	got, err := transfer.Read(ctx, links, countersign.Secret{})
	if err != nil {
		return "", &failure{exit: exitFailed, code: "export-check", said: "The export could not be read back. Nothing was written.", cause: err}
	}
	if len(got.Refused) > 0 || len(got.Entries) != len(want) {
		return "", &failure{exit: exitFailed, code: "export-check",
			said: fmt.Sprintf("Read back, the export had %d of %s. Nothing was written.", len(got.Entries), plural(len(want), "account", "accounts"))}
	}
	for i := range want {
		if !vault.Same(&want[i], &got.Entries[i]) || want[i].Counter != got.Entries[i].Counter {
			return "", &failure{exit: exitFailed, code: "export-check",
				said: fmt.Sprintf("Read back, %s was not the same. Nothing was written.", nameOf(&want[i]))}
		}
	}
	return got.Format, nil
}

// write writes the file beside its place, reads it back from the disk, and
// only then gives it its name.
func (k *exportCommand) write(ctx context.Context, links []byte, want []countersign.Entry) (err error) {
	if _, err := os.Lstat(k.File); err == nil && !k.Force {
		return &failure{exit: exitFailed, code: "file", said: fmt.Sprintf("%s is there already. Nothing was written.", k.File), next: "Choose another name, or add --force."}
	}
	beside, err := os.CreateTemp(filepath.Dir(k.File), ".countersign-*") // made with 0600
	if err != nil {
		return fileProblem(k.File, err)
	}
	defer func() {
		if removed := os.Remove(beside.Name()); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	_, err = beside.Write(links)
	if err := errors.Join(err, beside.Sync(), beside.Close()); err != nil {
		return fileProblem(k.File, err)
	}
	kept, err := os.ReadFile(beside.Name())
	if err != nil {
		return fileProblem(k.File, err)
	}
	if !bytes.Equal(kept, links) {
		return &failure{exit: exitFailed, code: "not-kept", said: saidNotKept(k.File)}
	}
	if _, err := checkExport(ctx, kept, want); err != nil {
		return err
	}
	if err := os.Rename(beside.Name(), k.File); err != nil {
		return fileProblem(k.File, err)
	}
	return nil
}

func (k *exportCommand) tell(s *session, out exportShown) error {
	for _, r := range out.Refused {
		fmt.Fprintf(s.stderr, "Left out: %s. %s\n", r.Name, r.Reason)
	}
	switch {
	case k.File == "-":
	case s.JSON:
		if err := writeJSON(s.stdout, out); err != nil {
			return err
		}
	default:
		fmt.Fprintf(s.stdout, "Wrote %s to %s, and read them back. The file holds the keys: delete it when it has been imported.\n", plural(out.Exported, "account", "accounts"), k.File)
	}
	if len(out.Refused) > 0 {
		return &quiet{exitSome}
	}
	return nil
}

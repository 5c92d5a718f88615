package linklist

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
	"github.com/countersign-id/countersign/core/transfer/migration"
)

// Format is the plain list.
func Format() foreign.Format {
	return foreign.Format{Name: "linklist", Title: "List of otpauth links", Recognise: recognise, Read: read}
}

// Migration is a list of Google Authenticator's links, of which each holds
// several accounts.
func Migration() foreign.Format {
	return foreign.Format{Name: "googleauthenticator", Title: "Google Authenticator", Recognise: recogniseMigration, Read: readMigration}
}

// maxLines bounds the work on a file of nothing but short lines.
const maxLines = 100_000

func recognise(f *foreign.File) foreign.Sight {
	switch first := firstLine(f); {
	case hasScheme(first, "otpauth"), hasScheme(first, "motp"), hasScheme(first, "steam"):
		return foreign.Plain
	}
	return foreign.Unseen
}

func recogniseMigration(f *foreign.File) foreign.Sight {
	if hasScheme(firstLine(f), migration.Scheme) {
		return foreign.Plain
	}
	return foreign.Unseen
}

func hasScheme(line, scheme string) bool {
	before, _, found := strings.Cut(line, ":")
	return found && strings.EqualFold(before, scheme)
}

func firstLine(f *foreign.File) string {
	// Half a line is enough, and a large file of another kind is not copied for it.
	head := f.Bytes[:min(len(f.Bytes), 4096)]
	text := strings.TrimSpace(strings.TrimPrefix(string(head), "\ufeff"))
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	text, ok := f.Text()
	if !ok {
		return foreign.Result{}, foreign.Damaged("it is not text throughout", nil)
	}
	return ReadLines(ctx, "linklist", text, progress)
}

func readMigration(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	text, ok := f.Text()
	if !ok {
		return foreign.Result{}, foreign.Damaged("it is not text throughout", nil)
	}
	return ReadLines(ctx, "googleauthenticator", text, progress)
}

// ReadLines reads a list that stood inside another file, under its format's name.
func ReadLines(ctx context.Context, format, text string, progress foreign.Progress) (foreign.Result, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.Count(text, "\n") > maxLines {
		return foreign.Result{}, foreign.TooLarge("it has more lines than any list of accounts")
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	reading := foreign.NewReading(format)
	var batches migration.Batches
	for i, line := range lines {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(lines))
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if hasScheme(line, migration.Scheme) {
			if err := batches.Read(reading, line); err != nil {
				if len(lines) == 1 {
					return foreign.Result{}, err
				}
				reading.Refuse(fmt.Sprintf("line %d", i+1), foreign.Refused("migration-damaged", "This QR code's text is damaged. Scan it again."))
			}
			continue
		}
		keepLine(reading, line, fmt.Sprintf("line %d", i+1))
	}
	batches.RefuseMissing(reading)
	return reading.Result, nil
}

func keepLine(reading *foreign.Reading, line, place string) {
	e, err := link.ParseLoose(line, "", "")
	if err == nil {
		err = addEnte(&e, line)
	}
	if err != nil {
		name := link.Name(line)
		if name == "" {
			name = place
		}
		reading.Refuse(name, err)
		return
	}
	reading.Keep(e, nil)
}

// display is the JSON that Ente Auth puts into a link of its own.
type display struct {
	Pinned  bool     `json:"pinned"`
	Trashed bool     `json:"trashed"`
	Tags    []string `json:"tags"`
	Note    string   `json:"note"`
}

func addEnte(e *countersign.Entry, line string) error {
	_, query, _ := strings.Cut(line, "?")
	if !strings.Contains(query, "codeDisplay=") {
		return nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil // core/otpauth has read the link; this part is decoration
	}
	var d display
	if json.Unmarshal([]byte(values.Get("codeDisplay")), &d) != nil {
		return nil
	}
	if d.Trashed {
		return foreign.Refused("in-trash", "It is in Ente Auth's trash. Restore it there and export again to take it over.")
	}
	e.Pinned, e.Tags, e.Note = d.Pinned, d.Tags, d.Note
	return nil
}

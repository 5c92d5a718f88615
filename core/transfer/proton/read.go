package proton

import (
	"context"
	"encoding/base64"
	"encoding/json"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// Format is Proton Authenticator's export.
func Format() foreign.Format {
	return foreign.Format{Name: "proton", Title: "Proton Authenticator", Recognise: recognise, Read: read}
}

// The settings of the lock; the file does not carry them.
const (
	version   = 1
	passes    = 2
	memory    = 19 * 1024 // KiB
	lanes     = 1
	nonceSize = 12
	extra     = "proton.authenticator.export.v1"
)

type file struct {
	Version int               `json:"version"`
	Salt    string            `json:"salt"`
	Content string            `json:"content"`
	Entries []json.RawMessage `json:"entries"`
}

type entry struct {
	Content struct {
		URI  string `json:"uri"`
		Type string `json:"entry_type"`
		Name string `json:"name"`
	} `json:"content"`
	Note *string `json:"note"`
}

func recognise(f *foreign.File) foreign.Sight {
	switch {
	case f.HasKeys("version", "salt", "content") && !f.HasKeys("entries"):
		return foreign.Locked
	case f.HasKeys("version", "entries") && !f.HasKeys("db"):
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var export file
	if err := foreign.JSON(f.Bytes, &export); err != nil {
		return foreign.Result{}, err
	}
	if export.Version != version {
		return foreign.Result{}, newer()
	}
	if recognise(f) == foreign.Locked {
		raw, err := unlock(ctx, export, password)
		if err != nil {
			return foreign.Result{}, err
		}
		export = file{}
		if err := foreign.JSON(raw, &export); err != nil {
			return foreign.Result{}, err
		}
		if export.Version != version {
			return foreign.Result{}, newer()
		}
	}
	reading := foreign.NewReading("proton")
	for i, raw := range export.Entries {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(export.Entries))
		var e entry
		if err := foreign.Element(raw, &e); err != nil {
			reading.Refuse(e.Content.Name, err)
			continue
		}
		reading.Keep(e.countersign())
	}
	return reading.Result, nil
}

func newer() error {
	return foreign.Unsupported("proton-version", "This Proton Authenticator export has a version that is not known here.",
		"Look for a newer Countersign; version 1 is read.")
}

func unlock(ctx context.Context, export file, password countersign.Secret) ([]byte, error) {
	salt, saltErr := base64.StdEncoding.DecodeString(export.Salt)
	sealed, contentErr := base64.StdEncoding.DecodeString(export.Content)
	if saltErr != nil || contentErr != nil || len(salt) == 0 || len(sealed) < nonceSize {
		return nil, foreign.Damaged("its sealed part is not as it should be", nil)
	}
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	key, err := foreign.Argon2id(ctx, password, salt, passes, memory, lanes, 32)
	if err != nil {
		return nil, err
	}
	return foreign.OpenGCM(key, sealed[:nonceSize], sealed[nonceSize:], []byte(extra))
}

// countersign puts the person's name for the account in the label's place, as
// Proton shows it; the issuer is the link's.
func (e entry) countersign() (countersign.Entry, error) {
	issuer := ""
	if e.Content.Type == "Steam" {
		issuer = "Steam"
	}
	out, err := link.ParseLoose(e.Content.URI, issuer, e.Content.Name)
	if err != nil {
		out.Issuer, out.Label = issuer, e.Content.Name
		return out, err
	}
	if e.Content.Name != "" {
		out.Label = e.Content.Name
	}
	if e.Note != nil {
		out.Note = *e.Note
	}
	return out, nil
}

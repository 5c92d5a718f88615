package bitwarden

import (
	"context"
	"encoding/json"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// Format is the export of Bitwarden's password store.
func Format() foreign.Format {
	return foreign.Format{Name: "bitwarden", Title: "Bitwarden", Recognise: recognise, Read: read}
}

// Authenticator is the export of Bitwarden Authenticator.
func Authenticator() foreign.Format {
	return foreign.Format{Name: "bitwardenauthenticator", Title: "Bitwarden Authenticator", Recognise: recogniseAuthenticator, Read: readAuthenticator}
}

type vault struct {
	Folders     []folder          `json:"folders,omitempty"`
	Collections []folder          `json:"collections,omitempty"`
	Items       []json.RawMessage `json:"items"`
}

type folder struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

const loginType = 1

type entry struct {
	Name          string   `json:"name"`
	Notes         *string  `json:"notes"`
	Type          int      `json:"type"`
	FolderID      *string  `json:"folderId"`
	CollectionIDs []string `json:"collectionIds"`
	Favorite      bool     `json:"favorite"`
	Created       string   `json:"creationDate"`
	Login         *struct {
		Username *string `json:"username"`
		TOTP     *string `json:"totp"`
	} `json:"login"`
}

func recognise(f *foreign.File) foreign.Sight {
	switch {
	case !f.HasKeys("encrypted"):
		return foreign.Unseen
	case f.HasKeys("passwordProtected", "data"):
		return foreign.Locked
	case f.HasKeys("items", "encKeyValidation_DO_NOT_EDIT"):
		return foreign.Locked
	case f.HasKeys("items", "folders"), f.HasKeys("items", "collections"):
		return foreign.Plain
	}
	return foreign.Unseen
}

func recogniseAuthenticator(f *foreign.File) foreign.Sight {
	if f.HasKeys("encrypted", "items") && recognise(f) == foreign.Unseen {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	raw := f.Bytes
	if recognise(f) == foreign.Locked {
		var err error
		if raw, err = unlock(ctx, f, password); err != nil {
			return foreign.Result{}, err
		}
	}
	return readVault(ctx, "bitwarden", raw, progress)
}

func readAuthenticator(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	return readVault(ctx, "bitwardenauthenticator", f.Bytes, progress)
}

func readVault(ctx context.Context, format string, raw []byte, progress foreign.Progress) (foreign.Result, error) {
	var v vault
	if err := foreign.JSON(raw, &v); err != nil {
		return foreign.Result{}, err
	}
	names := make(map[string]string, len(v.Folders)+len(v.Collections))
	for _, f := range append(v.Folders, v.Collections...) {
		names[f.ID] = f.Name
	}
	reading := foreign.NewReading(format)
	for i, rawEntry := range v.Items {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(v.Items))
		var e entry
		if err := foreign.Element(rawEntry, &e); err != nil {
			reading.Refuse(e.Name, err)
			continue
		}
		if e.Type != loginType || e.Login == nil || e.Login.TOTP == nil || *e.Login.TOTP == "" {
			continue // a card, a note, a login without codes: none of them an account here
		}
		reading.Keep(e.countersign(names))
	}
	return reading.Result, nil
}

func (e entry) countersign(folders map[string]string) (countersign.Entry, error) {
	username := ""
	if e.Login.Username != nil {
		username = *e.Login.Username
	}
	out, err := link.ParseLoose(*e.Login.TOTP, e.Name, username)
	if err != nil {
		return out, err
	}
	if e.Notes != nil {
		out.Note = *e.Notes
	}
	out.Pinned = e.Favorite
	if created, err := time.Parse(time.RFC3339, e.Created); err == nil {
		out.Created = created.UTC()
	}
	ids := e.CollectionIDs
	if e.FolderID != nil {
		ids = append([]string{*e.FolderID}, ids...)
	}
	for _, id := range ids {
		name, ok := folders[id]
		if !ok {
			return out, foreign.Refused("group-missing", "It belongs to a folder that the file does not describe.")
		}
		out.Tags = append(out.Tags, name)
	}
	return out, nil
}

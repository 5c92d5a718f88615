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

type item struct {
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
	for i, rawItem := range v.Items {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(v.Items))
		var it item
		if err := foreign.Element(rawItem, &it); err != nil {
			reading.Refuse(it.Name, err)
			continue
		}
		if it.Type != loginType || it.Login == nil || it.Login.TOTP == nil || *it.Login.TOTP == "" {
			continue // a card, a note, a login without codes: none of them an account here
		}
		reading.Keep(it.countersign(names))
	}
	return reading.Result, nil
}

func (it item) countersign(folders map[string]string) (countersign.Entry, error) {
	username := ""
	if it.Login.Username != nil {
		username = *it.Login.Username
	}
	e, err := link.ParseLoose(*it.Login.TOTP, it.Name, username)
	if err != nil {
		return e, err
	}
	if it.Notes != nil {
		e.Note = *it.Notes
	}
	e.Pinned = it.Favorite
	if created, err := time.Parse(time.RFC3339, it.Created); err == nil {
		e.Created = created.UTC()
	}
	ids := it.CollectionIDs
	if it.FolderID != nil {
		ids = append([]string{*it.FolderID}, ids...)
	}
	for _, id := range ids {
		name, ok := folders[id]
		if !ok {
			return e, foreign.Refused("group-missing", "It belongs to a folder that the file does not describe.")
		}
		e.Tags = append(e.Tags, name)
	}
	return e, nil
}

package lastpass

import (
	"context"
	"encoding/json"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is LastPass Authenticator's export.
func Format() foreign.Format {
	return foreign.Format{Name: "lastpass", Title: "LastPass Authenticator", Recognise: recognise, Read: read}
}

const version = 3

// noFolder is the list outside all folders; its name is the application's own.
const noFolder = 0

type file struct {
	Version  int               `json:"version"`
	Accounts []json.RawMessage `json:"accounts"`
	Folders  []struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"folders"`
}

type account struct {
	IssuerName string `json:"issuerName"`
	UserName   string `json:"userName"`
	Secret     string `json:"secret"`
	TimeStep   int    `json:"timeStep"`
	Digits     int    `json:"digits"`
	Created    int64  `json:"creationTimestamp"` // milliseconds
	Favourite  bool   `json:"isFavorite"`
	Algorithm  string `json:"algorithm"`
	Folder     *struct {
		ID int `json:"folderId"`
	} `json:"folderData"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.HasKeys("deviceId", "localDeviceId", "version", "accounts") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var export file
	if err := foreign.JSON(f.Bytes, &export); err != nil {
		return foreign.Result{}, err
	}
	if export.Version != version {
		return foreign.Result{}, foreign.Unsupported("lastpass-version", "This LastPass Authenticator export has a version that is not known here.",
			"Update LastPass Authenticator and export again.")
	}
	folders := make(map[int]string, len(export.Folders))
	for _, folder := range export.Folders {
		folders[folder.ID] = folder.Name
	}
	reading := foreign.NewReading("lastpass")
	for i, raw := range export.Accounts {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var a account
		err := foreign.Element(raw, &a)
		kept := countersign.Entry{Issuer: a.IssuerName, Label: a.UserName}
		if err == nil {
			kept, err = a.countersign(folders)
		}
		reading.Keep(kept, err)
		progress(i+1, len(export.Accounts))
	}
	return reading.Result, nil
}

func (a account) countersign(folders map[int]string) (countersign.Entry, error) {
	out := countersign.Entry{
		Type:   countersign.TOTP,
		Issuer: a.IssuerName,
		Label:  a.UserName,
		Digits: a.Digits,
		Period: a.TimeStep,
		Pinned: a.Favourite,
	}
	if a.Created > 0 {
		out.Created = time.UnixMilli(a.Created).UTC()
	}
	var err error
	if out.Secret, err = foreign.Base32(a.Secret); err != nil {
		return out, err
	}
	if out.Algorithm, err = foreign.Hash(a.Algorithm); err != nil {
		return out, err
	}
	if a.Folder != nil && a.Folder.ID != noFolder {
		name, ok := folders[a.Folder.ID]
		if !ok {
			return out, foreign.Refused("group-missing", "It belongs to a folder that the file does not describe.")
		}
		out.Tags = []string{name}
	}
	return out, nil
}

package onepassword

import (
	"context"
	"encoding/json"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/archive"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// Format is the .1pux archive.
func Format() foreign.Format {
	return foreign.Format{Name: "1pux", Title: "1Password", Recognise: recognise, Read: read}
}

const (
	inside  = "export.data"
	outside = "export.attributes" // its companion; with it the archive is certain

	archived    = "archived"
	archivedTag = "Archive"
)

type export struct {
	Accounts []struct {
		Vaults []vault `json:"vaults"`
	} `json:"accounts"`
}

type vault struct {
	Attributes struct {
		Name string `json:"name"`
	} `json:"attrs"`
	Entries []json.RawMessage `json:"items"`
}

type entry struct {
	Favorite int    `json:"favIndex"`
	Created  int64  `json:"createdAt"`
	State    string `json:"state"`
	Overview struct {
		Title string   `json:"title"`
		Tags  []string `json:"tags"`
	} `json:"overview"`
	Details struct {
		LoginFields []struct {
			Value       string `json:"value"`
			Designation string `json:"designation"`
		} `json:"loginFields"`
		Notes    string `json:"notesPlain"`
		Sections []struct {
			Fields []struct {
				Value struct {
					TOTP *string `json:"totp"`
				} `json:"value"`
			} `json:"fields"`
		} `json:"sections"`
	} `json:"details"`
}

func recognise(f *foreign.File) foreign.Sight {
	contents, companion := false, false
	for _, file := range archive.List(f.Bytes) {
		contents = contents || file.Name == inside
		companion = companion || file.Name == outside
	}
	if contents && companion {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var all export
	for _, file := range archive.List(f.Bytes) {
		if file.Name != inside {
			continue
		}
		raw, err := file.Read(password)
		if err != nil {
			return foreign.Result{}, err
		}
		if err := foreign.JSON(raw, &all); err != nil {
			return foreign.Result{}, err
		}
		break
	}
	reading := foreign.NewReading("1pux")
	for _, account := range all.Accounts {
		for _, v := range account.Vaults {
			for i, raw := range v.Entries {
				if err := ctx.Err(); err != nil {
					return foreign.Result{}, err
				}
				v.keep(reading, raw)
				progress(i+1, len(v.Entries))
			}
		}
	}
	return reading.Result, nil
}

func (v vault) keep(reading *foreign.Reading, raw json.RawMessage) {
	var e entry
	if err := foreign.Element(raw, &e); err != nil {
		reading.Refuse(e.Overview.Title, err)
		return
	}
	username := ""
	for _, field := range e.Details.LoginFields {
		if field.Designation == "username" {
			username = field.Value
		}
	}
	for _, section := range e.Details.Sections {
		for _, field := range section.Fields {
			if field.Value.TOTP == nil || *field.Value.TOTP == "" {
				continue
			}
			out, err := link.ParseLoose(*field.Value.TOTP, e.Overview.Title, username)
			if err == nil {
				v.complete(&out, e)
			}
			reading.Keep(out, err)
		}
	}
}

func (v vault) complete(out *countersign.Entry, e entry) {
	out.Note, out.Pinned = e.Details.Notes, e.Favorite > 0
	if e.Created > 0 {
		out.Created = time.Unix(e.Created, 0).UTC()
	}
	if v.Attributes.Name != "" {
		out.Tags = append(out.Tags, v.Attributes.Name)
	}
	out.Tags = append(out.Tags, e.Overview.Tags...)
	if e.State == archived {
		out.Tags = append(out.Tags, archivedTag)
	}
}

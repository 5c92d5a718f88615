package cxf

import (
	"context"
	"encoding/json"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the exchange document.
func Format() foreign.Format {
	return foreign.Format{Name: "cxf", Title: "Credential Exchange (CXF)", Recognise: recognise, Read: read}
}

const major = 1

type document struct {
	Version struct {
		Major int `json:"major"`
	} `json:"version"`
	Accounts []struct {
		Collections []collection      `json:"collections"`
		Entries     []json.RawMessage `json:"items"`
	} `json:"accounts"`
}

type collection struct {
	Title   string `json:"title"`
	Entries []struct {
		ID string `json:"item"`
	} `json:"items"`
	Sub []collection `json:"subCollections"`
}

type entry struct {
	ID          string            `json:"id"`
	Created     int64             `json:"creationAt"`
	Title       string            `json:"title"`
	Favorite    bool              `json:"favorite"`
	Tags        []string          `json:"tags"`
	Credentials []json.RawMessage `json:"credentials"`
}

// credential is what the kinds that are looked at have between them. Fields
// that hold a text in one kind and an object in another are read by kind.
type credential struct {
	Type      string          `json:"type"`
	Secret    string          `json:"secret"`
	Period    int             `json:"period"`
	Digits    int             `json:"digits"`
	Algorithm string          `json:"algorithm"`
	Issuer    string          `json:"issuer"`
	Username  json.RawMessage `json:"username"`
	Content   *field          `json:"content"`
}

type field struct {
	Value string `json:"value"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.HasKeys("version", "exporterRpId", "accounts") {
		return foreign.Plain
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var d document
	if err := foreign.JSON(f.Bytes, &d); err != nil {
		return foreign.Result{}, err
	}
	if d.Version.Major != major {
		return foreign.Result{}, foreign.Unsupported("cxf-version", "This exchange document has a version that is not known here.",
			"Look for a newer Countersign; version 1 is read.")
	}
	reading := foreign.NewReading("cxf")
	for _, account := range d.Accounts {
		tags := map[string][]string{}
		for _, c := range account.Collections {
			c.index(tags, "")
		}
		for i, raw := range account.Entries {
			if err := ctx.Err(); err != nil {
				return foreign.Result{}, err
			}
			keep(reading, raw, tags)
			progress(i+1, len(account.Entries))
		}
	}
	return reading.Result, nil
}

// index notes which collections an entry is in, by their paths.
func (c collection) index(tags map[string][]string, above string) {
	path := c.Title
	if above != "" {
		path = above + "/" + c.Title
	}
	for _, e := range c.Entries {
		tags[e.ID] = append(tags[e.ID], path)
	}
	for _, sub := range c.Sub {
		sub.index(tags, path)
	}
}

func keep(reading *foreign.Reading, raw json.RawMessage, tags map[string][]string) {
	var e entry
	if err := foreign.Element(raw, &e); err != nil {
		reading.Refuse(e.Title, err)
		return
	}
	var codes []credential
	note, login := "", ""
	for _, rawCredential := range e.Credentials {
		var c credential
		err := foreign.Element(rawCredential, &c)
		if err != nil && c.Type == "totp" {
			reading.Refuse(e.Title, err)
			continue
		}
		switch c.Type {
		case "totp":
			codes = append(codes, c)
		case "note":
			if c.Content != nil {
				note = c.Content.Value
			}
		case "basic-auth":
			login = c.username()
		}
	}
	for _, c := range codes {
		out, err := c.countersign(e.Title, login)
		out.Note, out.Pinned = note, e.Favorite
		if e.Created > 0 {
			out.Created = time.Unix(e.Created, 0).UTC()
		}
		out.Tags = append(append(out.Tags, tags[e.ID]...), e.Tags...)
		reading.Keep(out, err)
	}
}

// username is a text beside codes, and an editable field beside a password.
func (c credential) username() string {
	var text string
	if json.Unmarshal(c.Username, &text) == nil {
		return text
	}
	var f field
	if json.Unmarshal(c.Username, &f) == nil {
		return f.Value
	}
	return ""
}

func (c credential) countersign(title, login string) (countersign.Entry, error) {
	out := countersign.Entry{
		Type:   countersign.TOTP,
		Issuer: c.Issuer,
		Label:  c.username(),
		Digits: c.Digits,
		Period: c.Period,
	}
	if out.Issuer == "" {
		out.Issuer = title
	}
	if out.Label == "" {
		out.Label = login
	}
	if c.Algorithm == "" {
		return out, foreign.Refused("algorithm-unknown", "It does not say which hash it uses.")
	}
	var err error
	if out.Algorithm, err = foreign.Hash(c.Algorithm); err != nil {
		return out, err
	}
	out.Secret, err = foreign.Base32(c.Secret)
	return out, err
}

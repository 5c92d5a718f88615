package aegis

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is Aegis' vault file.
func Format() foreign.Format {
	return foreign.Format{Name: "aegis", Title: "Aegis", Recognise: recognise, Read: read}
}

// newestContent is the newest version of the vault's content that is described.
const newestContent = 3

const passwordSlot = 1

type file struct {
	Version int             `json:"version"`
	Header  header          `json:"header"`
	DB      json.RawMessage `json:"db"`
}

type header struct {
	Slots  []slot     `json:"slots"`
	Params *gcmParams `json:"params"`
}

type gcmParams struct {
	Nonce string `json:"nonce"`
	Tag   string `json:"tag"`
}

type slot struct {
	Type      int       `json:"type"`
	UUID      string    `json:"uuid"`
	Key       string    `json:"key"`
	KeyParams gcmParams `json:"key_params"`
	N         int       `json:"n"`
	R         int       `json:"r"`
	P         int       `json:"p"`
	Salt      string    `json:"salt"`
	Repaired  bool      `json:"repaired"`
	IsBackup  bool      `json:"is_backup"`
}

type content struct {
	Version int               `json:"version"`
	Entries []json.RawMessage `json:"entries"`
	Groups  []group           `json:"groups,omitempty"`
}

type group struct {
	UUID string `json:"uuid"`
	Name string `json:"name"`
}

type entry struct {
	Type     string   `json:"type"`
	UUID     string   `json:"uuid"`
	Name     string   `json:"name"`
	Issuer   string   `json:"issuer"`
	Note     string   `json:"note"`
	Favorite bool     `json:"favorite"`
	Icon     *string  `json:"icon"`
	IconMIME *string  `json:"icon_mime,omitempty"`
	IconHash *string  `json:"icon_hash,omitempty"`
	Group    *string  `json:"group,omitempty"` // content versions 1 and 2
	Groups   []string `json:"groups"`          // content version 3
	Info     shape    `json:"info"`
}

type shape struct {
	Secret  string  `json:"secret"`
	Algo    string  `json:"algo"`
	Digits  int     `json:"digits"`
	Period  *int    `json:"period,omitempty"`
	Counter *uint64 `json:"counter,omitempty"`
	PIN     *string `json:"pin,omitempty"`
}

func recognise(f *foreign.File) foreign.Sight {
	if !f.HasKeys("version", "header", "db") {
		return foreign.Unseen
	}
	if db := f.Key("db"); len(db) > 0 && db[0] == '"' {
		return foreign.Locked
	}
	return foreign.Plain
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var vault file
	if err := foreign.JSON(f.Bytes, &vault); err != nil {
		return foreign.Result{}, err
	}
	if vault.Version != 1 {
		return foreign.Result{}, newer()
	}
	raw := []byte(vault.DB)
	if recognise(f) == foreign.Locked {
		var err error
		if raw, err = unlock(ctx, vault, password); err != nil {
			return foreign.Result{}, err
		}
	}
	var db content
	if err := foreign.JSON(raw, &db); err != nil {
		return foreign.Result{}, err
	}
	if db.Version < 1 || db.Version > newestContent {
		return foreign.Result{}, newer()
	}

	groups := make(map[string]string, len(db.Groups))
	for _, g := range db.Groups {
		groups[g.UUID] = g.Name
	}
	reading := foreign.NewReading("aegis")
	for i, rawEntry := range db.Entries {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var e entry
		err := foreign.Element(rawEntry, &e)
		kept := countersign.Entry{Issuer: e.Issuer, Label: e.Name}
		if err == nil {
			kept, err = e.countersign(groups)
		}
		reading.Keep(kept, err)
		progress(i+1, len(db.Entries))
	}
	return reading.Result, nil
}

func newer() error {
	return foreign.Unsupported("aegis-version", "This Aegis export has a version that is not known here.",
		"In Aegis, choose Export, Plain text or HTML, or export from an older Aegis.")
}

// unlock opens the content with the master key, and the master key with the
// password: every password slot is tried, as Aegis does.
func unlock(ctx context.Context, vault file, password countersign.Secret) ([]byte, error) {
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	if vault.Header.Params == nil {
		return nil, foreign.Damaged("its header says nothing about its lock", nil)
	}
	var sealed string
	if err := json.Unmarshal(vault.DB, &sealed); err != nil {
		return nil, foreign.Damaged("its contents are not arranged as this format arranges them", err)
	}
	body, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, foreign.Damaged("its sealed part is not base64", err)
	}
	master, err := masterKey(ctx, vault.Header.Slots, password)
	if err != nil {
		return nil, err
	}
	plain, err := openWith(master, *vault.Header.Params, body)
	if errors.Is(err, foreign.ErrWrongPassword) {
		// The slot authenticated, so the password was right whatever came of the body.
		return nil, foreign.Damaged("its contents have changed since they were sealed", nil)
	}
	return plain, err
}

// maxSlots bounds the derivations that one file may ask for; Aegis has one or two.
const maxSlots = 4

func masterKey(ctx context.Context, slots []slot, password countersign.Secret) ([]byte, error) {
	tried := 0
	for _, s := range slots {
		if s.Type != passwordSlot {
			continue
		}
		if tried++; tried > maxSlots {
			return nil, foreign.TooLarge("it has more passwords than any Aegis export")
		}
		salt, saltErr := hex.DecodeString(s.Salt)
		wrapped, keyErr := hex.DecodeString(s.Key)
		if saltErr != nil || keyErr != nil {
			return nil, foreign.Damaged("its header is not hexadecimal where it must be", nil)
		}
		key, err := foreign.Scrypt(ctx, password, salt, s.N, s.R, s.P, 32)
		if err != nil {
			return nil, err
		}
		master, err := openWith(key, s.KeyParams, wrapped)
		if err == nil {
			return master, nil
		}
		if errors.Is(err, foreign.ErrDamaged) && len(wrapped) != 32 {
			return nil, err
		}
	}
	if tried == 0 {
		return nil, foreign.Unsupported("aegis-no-password", "This Aegis export has no password slot: only the phone that made it can open it.",
			"In Aegis, set a password under Settings, Security, and export again.")
	}
	return nil, foreign.WrongPassword()
}

func openWith(key []byte, params gcmParams, body []byte) ([]byte, error) {
	nonce, nonceErr := hex.DecodeString(params.Nonce)
	tag, tagErr := hex.DecodeString(params.Tag)
	if nonceErr != nil || tagErr != nil || len(nonce) != 12 || len(tag) != 16 {
		return nil, foreign.Damaged("its header has no whole nonce and tag", nil)
	}
	return foreign.OpenGCM(key, nonce, append(append([]byte(nil), body...), tag...), nil)
}

func (e entry) countersign(groups map[string]string) (countersign.Entry, error) {
	out := countersign.Entry{
		Issuer: e.Issuer,
		Label:  e.Name,
		Note:   e.Note,
		Pinned: e.Favorite,
		Digits: e.Info.Digits,
	}
	switch e.Type {
	case "totp":
		out.Type = countersign.TOTP
	case "hotp":
		out.Type = countersign.HOTP
	case "steam":
		out.Type = countersign.Steam
	case "motp":
		out.Type = countersign.MOTP
	case "yandex":
		out.Type = countersign.Yandex
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", e.Type)
	}
	var err error
	if out.Secret, err = foreign.Base32(e.Info.Secret); err != nil {
		return out, err
	}
	if out.Algorithm, err = foreign.Hash(e.Info.Algo); err != nil {
		return out, err
	}
	if out.Type == countersign.HOTP {
		if e.Info.Counter == nil {
			return out, foreign.Refused("counter-missing", "It counts its codes, and its counter is missing.")
		}
		out.Counter = *e.Info.Counter
	} else if e.Info.Period != nil {
		out.Period = *e.Info.Period
	}
	if e.Info.PIN != nil && (out.Type == countersign.MOTP || out.Type == countersign.Yandex) {
		out.PIN = countersign.NewSecret([]byte(*e.Info.PIN))
	}
	if e.Icon != nil && *e.Icon != "" {
		icon, err := base64.StdEncoding.DecodeString(*e.Icon)
		if err != nil {
			return out, foreign.Refused("icon-unreadable", "Its icon is damaged.")
		}
		out.Icon = foreign.OwnPicture(icon)
	}
	return out, e.tag(&out, groups)
}

func (e entry) tag(out *countersign.Entry, groups map[string]string) error {
	if e.Group != nil && *e.Group != "" {
		out.Tags = append(out.Tags, *e.Group)
	}
	for _, id := range e.Groups {
		name, ok := groups[id]
		if !ok {
			return foreign.Refused("group-missing", "It belongs to a group that the file does not describe.")
		}
		out.Tags = append(out.Tags, name)
	}
	return nil
}

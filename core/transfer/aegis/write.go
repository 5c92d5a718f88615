package aegis

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Target is Aegis' vault file, locked with a password.
func Target() foreign.Target {
	return foreign.Target{Name: "aegis", Title: "Aegis", Extension: ".json", Lock: foreign.RequiredLock, Write: Write}
}

// The scrypt settings that Aegis itself writes.
const (
	scryptN, scryptR, scryptP = 1 << 15, 8, 1
	keySize                   = 32
	tagSize                   = 16
)

// Write writes a vault of content version 3.
func Write(ctx context.Context, entries []countersign.Entry, password countersign.Secret, entropy io.Reader) (foreign.Export, error) {
	if password.Len() == 0 {
		return foreign.Export{}, foreign.PasswordNeeded()
	}
	var w foreign.Writing
	db := content{Version: newestContent, Entries: []json.RawMessage{}, Groups: []group{}}
	groups := map[string]string{}
	for _, e := range entries {
		if !w.Take(e, nil) {
			continue
		}
		w.Lose(e, foreign.Carries{Note: true, Tags: true, Pinned: true, Icon: true, Spaces: true})
		out, err := fromCountersign(e, entropy)
		if err != nil {
			return foreign.Export{}, err
		}
		for _, tag := range e.Tags {
			if groups[tag] == "" {
				if groups[tag], err = foreign.DrawUUID(entropy); err != nil {
					return foreign.Export{}, err
				}
				db.Groups = append(db.Groups, group{UUID: groups[tag], Name: tag})
			}
			out.Groups = append(out.Groups, groups[tag])
		}
		raw, err := json.Marshal(out)
		if err != nil {
			return foreign.Export{}, err
		}
		db.Entries = append(db.Entries, raw)
	}
	plain, err := json.Marshal(db)
	if err != nil {
		return foreign.Export{}, err
	}
	w.Export.File, err = lock(ctx, plain, password, entropy)
	return w.Export, err
}

func fromCountersign(e countersign.Entry, entropy io.Reader) (entry, error) {
	id, err := foreign.DrawUUID(entropy)
	out := entry{
		Type:     string(e.Type), // Aegis has the same five names
		UUID:     id,
		Name:     e.Label,
		Issuer:   e.Issuer,
		Note:     e.Note,
		Favorite: e.Pinned,
		Groups:   []string{},
		Info:     shape{Secret: foreign.EncodeBase32(e.Secret), Algo: string(e.Algorithm), Digits: e.Digits},
	}
	if e.Type == countersign.HOTP {
		out.Info.Counter = &e.Counter
	} else {
		out.Info.Period = &e.Period
	}
	if e.Type == countersign.MOTP || e.Type == countersign.Yandex {
		pin := string(e.PIN.Reveal()) // Aegis wants the member even when it is empty
		out.Info.PIN = &pin
	}
	if len(e.Icon) > 0 {
		icon, kind := base64.StdEncoding.EncodeToString(e.Icon), foreign.PictureKind(e.Icon)
		sum := sha256.Sum256(e.Icon)
		hash := hex.EncodeToString(sum[:])
		out.Icon, out.IconMIME, out.IconHash = &icon, &kind, &hash
	}
	return out, err
}

// lock seals the content under a fresh master key, and that under the password.
func lock(ctx context.Context, plain []byte, password countersign.Secret, entropy io.Reader) ([]byte, error) {
	master, err := foreign.Draw(entropy, keySize)
	if err != nil {
		return nil, err
	}
	salt, err := foreign.Draw(entropy, keySize)
	if err != nil {
		return nil, err
	}
	id, err := foreign.DrawUUID(entropy)
	if err != nil {
		return nil, err
	}
	key, err := foreign.Scrypt(ctx, password, salt, scryptN, scryptR, scryptP, keySize)
	if err != nil {
		return nil, err
	}
	wrapped, wrappedParams, err := seal(key, master, entropy)
	if err != nil {
		return nil, err
	}
	body, params, err := seal(master, plain, entropy)
	if err != nil {
		return nil, err
	}
	db, err := json.Marshal(base64.StdEncoding.EncodeToString(body))
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(file{
		Version: 1,
		Header: header{
			Slots: []slot{{
				Type: passwordSlot, UUID: id, Key: hex.EncodeToString(wrapped), KeyParams: wrappedParams,
				N: scryptN, R: scryptR, P: scryptP, Salt: hex.EncodeToString(salt), Repaired: true,
			}},
			Params: &params,
		},
		DB: db,
	}, "", "    ")
}

// seal keeps text and tag apart, as Aegis does.
func seal(key, plain []byte, entropy io.Reader) ([]byte, gcmParams, error) {
	nonce, sealed, err := foreign.SealGCM(key, plain, entropy)
	if err != nil {
		return nil, gcmParams{}, err
	}
	text, tag := sealed[:len(sealed)-tagSize], sealed[len(sealed)-tagSize:]
	return text, gcmParams{Nonce: hex.EncodeToString(nonce), Tag: hex.EncodeToString(tag)}, nil
}

package andotp

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is andOTP's export.
func Format() foreign.Format {
	return foreign.Format{Name: "andotp", Title: "andOTP", Recognise: recognise, Read: read}
}

// The parts before the sealed JSON: rounds, salt and nonce; in old exports the
// nonce alone.
const (
	roundsSize = 4
	saltSize   = 12
	nonceSize  = 12
	tagSize    = 16

	// maxRounds is ten times what andOTP draws (140,000 to 160,000): a larger
	// number is no number of rounds but the beginning of another format.
	maxRounds = 1_500_000
)

type entry struct {
	Secret    string   `json:"secret"`
	Issuer    string   `json:"issuer"`
	Label     string   `json:"label"`
	Digits    *int     `json:"digits"`
	Type      string   `json:"type"`
	Algorithm string   `json:"algorithm"`
	Period    *int     `json:"period"`
	Counter   *uint64  `json:"counter"`
	Tags      []string `json:"tags"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.FirstHasKeys("secret", "label", "type") {
		return foreign.Plain
	}
	if !f.Opaque() || len(f.Bytes) < nonceSize+tagSize+2 {
		return foreign.Unseen
	}
	if _, ok := roundsOf(f.Bytes); ok {
		return foreign.Likely
	}
	return foreign.Possible
}

// roundsOf is the number that newer exports begin with, if it can be one: of
// random bytes, one in three thousand can.
func roundsOf(b []byte) (int, bool) {
	if len(b) < roundsSize+saltSize+nonceSize+tagSize {
		return 0, false
	}
	rounds := binary.BigEndian.Uint32(b)
	return int(rounds), rounds > 0 && rounds <= maxRounds
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	raw := f.Bytes
	if recognise(f) != foreign.Plain {
		var err error
		if raw, err = unlock(ctx, raw, password); err != nil {
			return foreign.Result{}, err
		}
	}
	var entries []json.RawMessage
	if err := foreign.JSON(raw, &entries); err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("andotp")
	for i, rawEntry := range entries {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		var e entry
		err := foreign.Element(rawEntry, &e)
		kept := countersign.Entry{Issuer: e.Issuer, Label: e.Label}
		if err == nil {
			kept, err = e.countersign()
		}
		reading.Keep(kept, err)
		progress(i+1, len(entries))
	}
	return reading.Result, nil
}

// unlock tries the newer key derivation, then the older: the file does not say
// which it is, and the tag tells.
func unlock(ctx context.Context, raw []byte, password countersign.Secret) ([]byte, error) {
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	var newer error
	if rounds, ok := roundsOf(raw); ok {
		body := raw[roundsSize:]
		key, err := foreign.PBKDF2(ctx, sha1.New, password, body[:saltSize], rounds, 32)
		if err != nil {
			return nil, err
		}
		body = body[saltSize:]
		plain, err := foreign.OpenGCM(key, body[:nonceSize], body[nonceSize:], nil)
		if err == nil || errors.Is(err, foreign.ErrDamaged) {
			return plain, err
		}
		newer = err
	}
	key := sha256.Sum256(password.Reveal())
	plain, err := foreign.OpenGCM(key[:], raw[:nonceSize], raw[nonceSize:], nil)
	if err != nil && newer != nil && errors.Is(err, foreign.ErrWrongPassword) {
		return nil, newer
	}
	return plain, err
}

func (e entry) countersign() (countersign.Entry, error) {
	out := countersign.Entry{Issuer: e.Issuer, Label: e.Label, Digits: 6}
	if e.Digits != nil {
		out.Digits = *e.Digits
	}
	switch e.Type {
	case "TOTP", "": // older exports have no type and are TOTP
		out.Type = countersign.TOTP
	case "HOTP":
		out.Type = countersign.HOTP
	case "STEAM":
		out.Type = countersign.Steam
	case "MOTP":
		return out, foreign.Refused("motp-incomplete", "Mobile-OTP accounts of andOTP are not taken over: the export leaves out their PIN and writes their secret in a way of its own. Add this account again at its service.")
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", e.Type)
	}
	var err error
	if out.Secret, err = foreign.Base32(e.Secret); err != nil {
		return out, err
	}
	if out.Algorithm, err = foreign.Hash(e.Algorithm); err != nil {
		return out, err
	}
	if out.Type == countersign.HOTP {
		if e.Counter == nil {
			return out, foreign.Refused("counter-missing", "It counts its codes, and its counter is missing.")
		}
		out.Counter = *e.Counter
	} else {
		out.Period = 30
		if e.Period != nil {
			out.Period = *e.Period
		}
	}
	for _, tag := range e.Tags {
		if tag != "" {
			out.Tags = append(out.Tags, tag)
		}
	}
	return out, nil
}

package foreign

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"fmt"
	"io"

	countersign "github.com/countersign-id/countersign"
)

// Export is what was written for another application.
type Export struct {
	File    []byte
	Lost    []Loss    // what it cannot carry, per entry
	Refused []Refusal // entries that it cannot hold at all
}

// Loss is what of one entry did not fit the other format. The entry itself did.
type Loss struct {
	Name string
	Lost []string // for people: "its note", "its icon"
}

// Target is one kind of file that can be written.
type Target struct {
	Name      string // as the Format that reads it
	Title     string
	Extension string // of a file's name, with the dot
	Lock      Lock
	Write     func(ctx context.Context, entries []countersign.Entry, password countersign.Secret, entropy io.Reader) (Export, error)
}

// Lock says whether a target takes a password.
type Lock uint8

// The locks.
const (
	NoLock       Lock = iota // the file is readable by whoever holds it
	OptionalLock             // with a password it is locked
	RequiredLock
)

// What an entry may lose, in the words that a person reads.
const (
	LostNote    = "its note"
	LostTags    = "its tags"
	LostMoreTag = "its tags but the first"
	LostPinned  = "that it is pinned"
	LostIcon    = "its icon"
	LostCreated = "when it was added"
	LostPIN     = "its PIN"
	LostSpaces  = "spaces around its name"
	LostQR      = "its QR code, which would be too dense"
)

// Carries is what a format has a place for.
type Carries struct{ Note, Tags, OneTag, Pinned, Icon, Created, Spaces bool }

// Writing gathers what an export loses and refuses.
type Writing struct{ Export Export }

// Take reports whether the entry may be written: Check must find no fault, and
// fits, which is the format's own objection, must be nil.
func (w *Writing) Take(e countersign.Entry, fits error) bool {
	err := Check(e)
	if err == nil {
		err = fits
	}
	if err == nil {
		return true
	}
	name := DisplayName(e.Issuer, e.Label)
	if name == "" {
		name = "an entry without a name"
	}
	w.Export.Refused = append(w.Export.Refused, refusal(name, err))
	return false
}

// Lose compares an entry with what the format carries and notes the rest.
func (w *Writing) Lose(e countersign.Entry, c Carries, more ...string) {
	var lost []string
	add := func(when bool, what string) {
		if when {
			lost = append(lost, what)
		}
	}
	add(e.Note != "" && !c.Note, LostNote)
	add(len(e.Tags) > 0 && !c.Tags && !c.OneTag, LostTags)
	add(len(e.Tags) > 1 && !c.Tags && c.OneTag, LostMoreTag)
	add(e.Pinned && !c.Pinned, LostPinned)
	add(len(e.Icon) > 0 && !c.Icon, LostIcon)
	add(!e.Created.IsZero() && !c.Created, LostCreated)
	add(!c.Spaces && (spaced(e.Issuer) || spaced(e.Label)), LostSpaces)
	if lost = append(lost, more...); len(lost) > 0 {
		w.Export.Lost = append(w.Export.Lost, Loss{Name: DisplayName(e.Issuer, e.Label), Lost: lost})
	}
}

func spaced(s string) bool { return s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') }

// Draw takes n bytes of randomness from the caller's source. A source that
// fails ends the writing; there is never a short or empty key (check K4).
func Draw(entropy io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(entropy, b); err != nil {
		return nil, fmt.Errorf("countersign: no randomness for an export: %w", err)
	}
	return b, nil
}

// DrawUUID is a random UUID (RFC 9562 section 5.4).
func DrawUUID(entropy io.Reader) (string, error) {
	b, err := Draw(entropy, 16)
	if err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// SealGCM seals with AES-GCM under a fresh nonce.
func SealGCM(key, plain []byte, entropy io.Reader) (nonce, sealed []byte, err error) {
	if nonce, err = Draw(entropy, 12); err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	return nonce, aead.Seal(nil, nonce, plain, nil), nil
}

package keepass

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the KeePass database.
func Format() foreign.Format {
	return foreign.Format{Name: "keepass", Title: "KeePass", Recognise: recognise, Read: read}
}

func recognise(f *foreign.File) foreign.Sight {
	if kdbx, kdb, _ := signatures(f.Bytes); kdbx || kdb {
		return foreign.Locked
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	if kdbx, _, version := signatures(f.Bytes); !kdbx || version != major {
		return foreign.Result{}, foreign.Unsupported("keepass-version", "This KeePass database has an old format, in which a wrong password cannot be told from damage.",
			"In KeePass, choose File, Database Settings, Security, set the key derivation to Argon2id, and save; in KeePassXC, Database Security, Encryption Settings, KDBX 4.")
	}
	// Everything that the file can be refused for without its password comes
	// before the question for one.
	h, rest, err := readHeader(f.Bytes)
	if err != nil {
		return foreign.Result{}, err
	}
	if len(rest) < 64 {
		return foreign.Result{}, broken("breaks off")
	}
	sum := sha256.Sum256(h.raw)
	if subtle.ConstantTimeCompare(sum[:], rest[:32]) != 1 {
		return foreign.Result{}, broken("has changed since it was saved")
	}
	if password.Len() == 0 {
		return foreign.Result{}, foreign.PasswordNeeded()
	}
	k, err := unlock(ctx, h, password)
	if err != nil {
		return foreign.Result{}, err
	}
	if err := k.checkHeader(h, rest[:64]); err != nil {
		return foreign.Result{}, err
	}
	d, err := open(h, k, rest[64:])
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("keepass")
	for i, found := range d.records {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		d.keep(reading, found)
		progress(i+1, len(d.records))
	}
	return reading.Result, nil
}

func open(h header, k keys, blocks []byte) (*document, error) {
	sealed, err := joinBlocks(blocks, k)
	if err != nil {
		return nil, err
	}
	plain, err := decrypt(h, k, sealed)
	if err != nil {
		return nil, afterPassword(err)
	}
	stream, err := inflate(h, plain)
	if err != nil {
		return nil, err
	}
	cipher, err := readInner(stream)
	if err != nil {
		return nil, err
	}
	return walk(stream, cipher)
}

func (d *document) keep(reading *foreign.Reading, found record) {
	e, isAccount, err := found.account()
	if !isAccount {
		return
	}
	if e.Issuer == "" && e.Label == "" {
		e.Issuer, e.Label = found.fields["Title"], found.fields["UserName"]
	}
	e.Note = found.fields["Notes"]
	e.Created = found.created
	if len(found.groups) > 0 {
		e.Tags = append(e.Tags, strings.Join(found.groups, "/"))
	}
	for tag := range strings.FieldsFuncSeq(found.tags, func(r rune) bool { return r == ';' || r == ',' }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			e.Tags = append(e.Tags, tag)
		}
	}
	if icon, decodeErr := base64.StdEncoding.DecodeString(d.icons[found.icon]); decodeErr == nil {
		e.Icon = foreign.OwnPicture(icon)
	}
	reading.Keep(e, err)
}

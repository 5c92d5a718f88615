package linklist

import (
	"context"
	"io"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
	"github.com/countersign-id/countersign/core/transfer/migration"
)

// Target is the plain list.
func Target() foreign.Target {
	return foreign.Target{Name: "linklist", Title: "List of otpauth links", Extension: ".txt", Write: Write}
}

// MigrationTarget is Google Authenticator's links, one to a line; each is the
// text of a QR code.
func MigrationTarget() foreign.Target {
	return foreign.Target{Name: "googleauthenticator", Title: "Google Authenticator", Extension: ".txt", Write: WriteMigration}
}

// Write writes one link to a line.
func Write(ctx context.Context, entries []countersign.Entry, _ countersign.Secret, _ io.Reader) (foreign.Export, error) {
	var w foreign.Writing
	var b strings.Builder
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return foreign.Export{}, err
		}
		text, err := otpauth.Marshal(e)
		if err != nil {
			err = link.Refusal(err)
		}
		if !w.Take(e, err) {
			continue
		}
		w.Lose(e, foreign.Carries{})
		b.WriteString(text + "\n")
	}
	w.Export.File = []byte(b.String())
	return w.Export, nil
}

// WriteMigration writes one set of links.
func WriteMigration(ctx context.Context, entries []countersign.Entry, _ countersign.Secret, entropy io.Reader) (foreign.Export, error) {
	if err := ctx.Err(); err != nil {
		return foreign.Export{}, err
	}
	var w foreign.Writing
	links, err := migration.Links(&w, entries, entropy)
	if err != nil {
		return foreign.Export{}, err
	}
	w.Export.File = []byte(strings.Join(append(links, ""), "\n"))
	return w.Export, nil
}

package sheet

import (
	"context"
	"io"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/otpauth"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
	"rsc.io/qr"
)

// Target is the page; linklist's Page reads it.
func Target() foreign.Target {
	return foreign.Target{Name: "page", Title: "Printed sheet", Extension: ".html", Write: Write}
}

// quiet is the margin that scanners need around a code (ISO/IEC 18004 section 6.3.8).
const quiet = 4

// maxModules is the densest code that a phone still reads from paper at four
// centimetres; a longer link is printed as text alone.
const maxModules = 105

type account struct {
	Issuer, Label, Link string
	Size                int // modules with the margin; 0: no code
	Path                string
}

// Write writes the page.
func Write(ctx context.Context, entries []countersign.Entry, _ countersign.Secret, _ io.Reader) (foreign.Export, error) {
	var w foreign.Writing
	var accounts []account
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
		a := account{Issuer: e.Issuer, Label: e.Label, Link: text}
		var lost []string
		if a.Size, a.Path = draw(text); a.Size == 0 {
			lost = append(lost, foreign.LostQR)
		}
		w.Lose(e, foreign.Carries{}, lost...)
		accounts = append(accounts, a)
	}
	var b strings.Builder
	b.WriteString(head)
	for _, a := range accounts {
		a.write(&b)
	}
	b.WriteString(foot)
	w.Export.File = []byte(b.String())
	return w.Export, nil
}

// draw is a QR code as an SVG path: each dark run of a row is a rectangle.
func draw(text string) (size int, path string) {
	code, err := qr.Encode(text, qr.M)
	if err != nil || code.Size > maxModules {
		return 0, ""
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run == 0 {
				continue
			}
			n := strconv.Itoa(run)
			b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h" + n + "v1h-" + n + "z")
			x += run
		}
	}
	return code.Size + 2*quiet, b.String()
}

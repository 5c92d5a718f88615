package sheet

import (
	"context"
	"fmt"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"rsc.io/qr"
)

func TestThePathIsTheCode(t *testing.T) {
	const text = "otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example&algorithm=SHA1&digits=6&period=30"
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	size, path := draw(text)
	if size != code.Size+2*quiet {
		t.Fatalf("size %d, want %d", size, code.Size+2*quiet)
	}
	dark := map[[2]int]bool{}
	for _, part := range strings.SplitAfter(path, "z") {
		if part == "" {
			continue
		}
		var x, y, run, back int
		if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%dz", &x, &y, &run, &back); err != nil || run != back {
			t.Fatalf("%q: %v", part, err)
		}
		for i := range run {
			dark[[2]int{x + i - quiet, y - quiet}] = true
		}
	}
	for y := range code.Size {
		for x := range code.Size {
			if dark[[2]int{x, y}] != code.Black(x, y) {
				t.Fatalf("module %d,%d differs", x, y)
			}
		}
	}
}

func entry(label string) countersign.Entry {
	return countersign.Entry{
		Type: countersign.TOTP, Issuer: "Example", Label: label, Secret: countersign.NewSecret([]byte("12345678901234567890")),
		Algorithm: countersign.SHA1, Digits: 6, Period: 30,
	}
}

func TestNamesCannotLeaveTheirPlace(t *testing.T) {
	export, err := Write(context.Background(), []countersign.Entry{entry(`<script>alert("x")</script>`)}, countersign.Secret{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := string(export.File)
	if strings.Contains(page, "<script") || strings.Contains(page, `"x"`) || !strings.Contains(page, "&lt;script&gt;") {
		t.Error("a name became part of the page")
	}
}

func TestALinkTooLongForACodeIsPrintedAsText(t *testing.T) {
	export, err := Write(context.Background(), []countersign.Entry{entry(strings.Repeat("long", 250))}, countersign.Secret{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(export.Lost) != 1 || export.Lost[0].Lost[0] != foreign.LostQR || strings.Contains(string(export.File), "<svg") {
		t.Errorf("lost %+v, want the QR code", export.Lost)
	}
}

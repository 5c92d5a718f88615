package winauth

import (
	"context"
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/archive"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/linklist"
)

// Format is WinAuth's archive.
func Format() foreign.Format {
	return foreign.Format{Name: "winauth", Title: "WinAuth", Recognise: recognise, Read: read}
}

func recognise(f *foreign.File) foreign.Sight {
	text, ok := find(f)
	switch {
	case !ok:
		return foreign.Unseen
	case text.Locked:
		return foreign.Locked
	}
	return foreign.Plain
}

// find is the archive's only file, which WinAuth calls winauth-<date>.txt.
func find(f *foreign.File) (archive.File, bool) {
	files := archive.List(f.Bytes)
	if len(files) == 1 && strings.HasPrefix(files[0].Name, "winauth") && strings.HasSuffix(files[0].Name, ".txt") {
		return files[0], true
	}
	return archive.File{}, false
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	text, ok := find(f)
	if !ok {
		return foreign.Result{}, foreign.UnknownFormat()
	}
	raw, err := text.Read(password)
	if err != nil {
		return foreign.Result{}, err
	}
	if !utf8.Valid(raw) {
		return foreign.Result{}, foreign.Damaged("it is not text throughout", nil)
	}
	return linklist.ReadLines(ctx, "winauth", string(raw), progress)
}

package transfer

import (
	"context"
	"errors"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// What a reading yields and refuses, by the names that callers use.
type (
	Result    = foreign.Result
	Refusal   = foreign.Refusal
	Progress  = foreign.Progress
	Format    = foreign.Format
	FileError = foreign.FileError
)

// The ways in which a whole file is refused, for errors.Is; errors.As with
// *FileError gives the code and the sentences.
var (
	ErrUnknownFormat  = foreign.ErrUnknownFormat
	ErrPasswordNeeded = foreign.ErrPasswordNeeded
	ErrWrongPassword  = foreign.ErrWrongPassword
	ErrDamaged        = foreign.ErrDamaged
	ErrTooLarge       = foreign.ErrTooLarge
	ErrUnsupported    = foreign.ErrUnsupported
)

// Detect names the format of a file by its content and says whether a
// password is needed. For the few formats without a mark of their own the name
// is the likeliest; Read tries the others too.
func Detect(file []byte) (format string, needsPassword bool, err error) {
	_, candidates, err := candidates(file)
	if err != nil {
		return "", false, err
	}
	return candidates[0].Name, candidates[0].sight != foreign.Plain, nil
}

// Read reads a file of any known format. The password is the empty Secret for
// files that have none.
func Read(ctx context.Context, file []byte, password countersign.Secret) (Result, error) {
	return ReadWatched(ctx, file, password, nil)
}

// ReadWatched is Read with somebody to tell how far it has come.
func ReadWatched(ctx context.Context, file []byte, password countersign.Secret, progress Progress) (Result, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	f, found, err := candidates(file)
	if err != nil {
		return Result{}, err
	}
	var refusal error
	for _, c := range found {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		result, err := c.Read(ctx, f, password, progress)
		if err == nil {
			return result, nil
		}
		refusal = tellingMore(refusal, err)
	}
	return Result{}, refusal
}

// tellingMore keeps the answer that says most about the file when several
// formats were tried: a format that opened it and found damage knows it best.
func tellingMore(old, new error) error {
	if old == nil || (errors.Is(new, ErrDamaged) && errors.Is(old, ErrWrongPassword)) {
		return new
	}
	return old
}

type candidate struct {
	Format
	sight foreign.Sight
}

// candidates is the formats to try: the one that recognises the file, or else
// all that it could be.
func candidates(file []byte) (*foreign.File, []candidate, error) {
	f, err := foreign.Open(file)
	if err != nil {
		return nil, nil, err
	}
	var likely, possible []candidate
	for _, format := range Formats() {
		switch sight := format.Recognise(f); sight {
		case foreign.Plain, foreign.Locked:
			return f, []candidate{{format, sight}}, nil
		case foreign.Likely:
			likely = append(likely, candidate{format, sight})
		case foreign.Possible:
			possible = append(possible, candidate{format, sight})
		}
	}
	if err := f.JSONError(); err != nil {
		// It begins as JSON and is not whole: no format can be told, but that can.
		return nil, nil, err
	}
	if possible = append(likely, possible...); len(possible) == 0 {
		return nil, nil, foreign.UnknownFormat()
	}
	return f, possible, nil
}

package foreigntest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// kinds are the sentinels of which every refused file matches exactly one.
var kinds = []error{
	foreign.ErrUnknownFormat, foreign.ErrPasswordNeeded, foreign.ErrWrongPassword,
	foreign.ErrDamaged, foreign.ErrTooLarge, foreign.ErrUnsupported,
}

// File is a file from the test's own testdata.
func File(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Read reads a file that must be recognised and read, and holds the result to
// its promises.
func Read(t testing.TB, format foreign.Format, file []byte, password string) foreign.Result {
	t.Helper()
	result, err := Try(t, format, file, password)
	if err != nil {
		t.Fatalf("%s: %v", format.Name, err)
	}
	return result
}

// Try reads a file that must be recognised, and holds whatever comes to its promises.
func Try(t testing.TB, format foreign.Format, file []byte, password string) (foreign.Result, error) {
	t.Helper()
	f, err := foreign.Open(file)
	if err != nil {
		Refused(t, err)
		return foreign.Result{}, err
	}
	if sight := format.Recognise(f); sight == foreign.Unseen {
		t.Fatalf("%s: not recognised", format.Name)
	}
	return try(t, format, f, password)
}

func try(t testing.TB, format foreign.Format, f *foreign.File, password string) (foreign.Result, error) {
	t.Helper()
	before := bytes.Clone(f.Bytes)
	result, err := format.Read(context.Background(), f, countersign.NewSecret([]byte(password)), func(done, total int) {
		if done < 0 || total < done {
			t.Errorf("progress %d of %d", done, total)
		}
	})
	if !bytes.Equal(before, f.Bytes) {
		t.Error("the reading changed the file it was given")
	}
	if err != nil {
		Refused(t, err)
		if len(result.Entries) > 0 {
			t.Error("an error came with entries")
		}
		return result, err
	}
	if result.Format != format.Name {
		t.Errorf("format %q, want %q", result.Format, format.Name)
	}
	for _, e := range result.Entries {
		if err := foreign.Check(e); err != nil {
			t.Errorf("an entry came out that its check refuses: %v", err)
		}
	}
	for _, r := range result.Refused {
		if r.Name == "" || r.Code == "" || r.Reason == "" || strings.ToLower(r.Code) != r.Code {
			t.Errorf("a refusal says too little: %+v", r)
		}
	}
	return result, nil
}

// Refused checks that an error names one kind of refusal, with its sentences.
func Refused(t testing.TB, err error) {
	t.Helper()
	matched := 0
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			matched++
		}
	}
	var file *foreign.FileError
	if matched != 1 || !errors.As(err, &file) {
		t.Errorf("error %v matches %d kinds of refusal, want one", err, matched)
		return
	}
	if file.Code == "" || file.Reason == "" || file.Next == "" {
		t.Errorf("refusal says too little: %+v", file)
	}
}

// Fuzz fuzzes a format's recognition and reading. The seeds are the files of
// testdata; the password is tried on everything.
func Fuzz(f *testing.F, format foreign.Format, password string, seeds ...[]byte) {
	entries, err := os.ReadDir("testdata")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			f.Add(File(f, entry.Name()))
		}
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := foreign.Open(b)
		if err != nil {
			Refused(t, err)
			return
		}
		if format.Recognise(file) == foreign.Unseen {
			return
		}
		_, _ = try(t, format, file, password)
	})
}

// Truncations checks that a file cut off anywhere is refused by a name or read
// as far as it stands, never with a panic.
func Truncations(t *testing.T, format foreign.Format, file []byte, password string) {
	t.Helper()
	step := max(1, len(file)/64)
	for size := 0; size < len(file); size += step {
		f, err := foreign.Open(file[:size])
		if err != nil {
			Refused(t, err)
			continue
		}
		if format.Recognise(f) != foreign.Unseen {
			_, _ = try(t, format, f, password)
		}
	}
}

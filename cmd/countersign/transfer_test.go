package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Real exports of other authenticators, read in place (they are under another
// licence). core/transfer tests what comes out of each; this tests that the
// command says it.
func TestImportOfRealExports(t *testing.T) {
	folder := os.Getenv("COUNTERSIGN_FIXTURES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "fixtures")
	}
	folder = filepath.Join(folder, "foreign")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: the real exports of other authenticators are not here (%v); set COUNTERSIGN_FIXTURES to the folder that holds foreign/", err)
	}
	for name, test := range map[string]struct {
		file, password    string
		exit              int
		format, code      string
		entries, refusals int
	}{
		"encrypted":        {"aegis.encrypted.json", "test", exitDone, "aegis", "", 11, 0},
		"some refused":     {"andotp.encrypted.bin", "testtest", exitSome, "andotp", "", 8, 1},
		"no password":      {"aegis.encrypted.json", "", exitPassword, "", "password-needed", 0, 0},
		"a wrong password": {"aegis.encrypted.json", "wrong", exitPassword, "", "password-wrong", 0, 0},
		"another one":      {"twofas.encrypted.2fas", "wrong", exitPassword, "", "password-wrong", 0, 0},
		"what is not read": {"keepass.kdbx3.kdbx", "test", exitFailed, "", "keepass-version", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShell(t)
			args := []string{"--json", "import", filepath.Join(folder, test.file)}
			if test.password != "" {
				file := filepath.Join(t.TempDir(), "password")
				if err := os.WriteFile(file, []byte(test.password+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--password-file", file)
			}
			out, _, exit := s.run(args...)
			var answer struct {
				Format  string
				Entries []importedShown
				Refused []refusedShown
				Error   struct{ Code string }
			}
			if err := json.Unmarshal([]byte(out), &answer); err != nil {
				t.Fatal(err, out)
			}
			if exit != test.exit || answer.Format != test.format || answer.Error.Code != test.code ||
				len(answer.Entries) != test.entries || len(answer.Refused) != test.refusals {
				t.Fatalf("got exit %d, %q, %q, %d entries, %d refused", exit, answer.Format, answer.Error.Code, len(answer.Entries), len(answer.Refused))
			}
			var listed struct{ Entries []entryShown }
			if err := json.Unmarshal([]byte(s.must("--json", "list")), &listed); err != nil {
				t.Fatal(err)
			}
			if len(listed.Entries) != test.entries {
				t.Errorf("the vault has %d, want %d", len(listed.Entries), test.entries)
			}
		})
	}
}

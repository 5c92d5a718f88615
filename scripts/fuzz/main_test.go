package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOnlyTheEndOfTheTimeIsNoFinding(t *testing.T) {
	for _, tt := range []struct {
		claim, said string
		want        bool
	}{
		{"the go tool's race", "fuzz: elapsed: 6s\n--- FAIL: FuzzA (5.86s)\n    context deadline exceeded\nFAIL\nexit status 1\n", true},
		{"an input that fails", "--- FAIL: FuzzA (0.10s)\n    --- FAIL: FuzzA (0.00s)\n        a_test.go:9: got 1, want 2\n\n    Failing input written to testdata/fuzz/FuzzA/0f\nFAIL\n", false},
		{"a target whose own deadline passed", "--- FAIL: FuzzA (0.10s)\n    --- FAIL: FuzzA/seed#0 (0.00s)\n        context deadline exceeded\nFAIL\n", false},
		{"a package that does not build", "FAIL\tx [build failed]\nFAIL\n", false},
	} {
		if got := onlyRanOutOfTime(tt.said); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.claim, got, tt.want)
		}
	}
}

func TestFindNamesEveryTarget(t *testing.T) {
	root := t.TempDir()
	for name, source := range map[string]string{
		"core/otp/a_test.go":         "func FuzzA(f *testing.F) {}\nfunc FuzzB(f *testing.F) {}\nfunc TestC(t *testing.T) {}\n",
		"core/otp/a.go":              "func FuzzNot(f *testing.F) {}\n",
		"app/node_modules/x_test.go": "func FuzzNot(f *testing.F) {}\n",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := find(root)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.ToSlash(filepath.Join(root, "core/otp"))
	if want := []target{{folder, "FuzzA"}, {folder, "FuzzB"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

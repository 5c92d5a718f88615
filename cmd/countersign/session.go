package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone/local"
	"golang.org/x/term"
)

// session is one run of a command: the world, the command line, the vault.
type session struct {
	program
	*commands
	file *local.File
	seen time.Time // when the file that watch shows was written
}

// defaultVault is where the platform keeps a program's own files.
func defaultVault(environ func(string) string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	switch runtime.GOOS {
	case "windows":
		if folder := environ("LocalAppData"); folder != "" {
			return filepath.Join(folder, "Countersign", "vault")
		}
		return filepath.Join(home, "AppData", "Local", "Countersign", "vault")
	case "darwin", "ios":
		return filepath.Join(home, "Library", "Application Support", "Countersign", "vault")
	}
	// XDG Base Directory Specification: a relative path is to be ignored.
	if folder := environ("XDG_DATA_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "countersign", "vault")
	}
	return filepath.Join(home, ".local", "share", "countersign", "vault")
}

func (s *session) vaultFile() *local.File {
	if s.file == nil {
		s.file = &local.File{Path: s.Vault, Passphrase: s.passphrase}
	}
	return s.file
}

// passphrase is asked for when the vault is locked by one.
func (s *session) passphrase() (countersign.Secret, error) {
	if s.PassphraseFile != "" {
		return readSecretFile(s.PassphraseFile)
	}
	if s.terminal == nil {
		return countersign.Secret{}, local.ErrPassphrase
	}
	return s.terminal.secret(askPassphrase)
}

// content reads the vault; an absent one is an empty one to whoever only looks.
func (s *session) content() (*vault.Content, error) {
	c, err := s.vaultFile().Read()
	if errors.Is(err, local.ErrAbsent) {
		return &vault.Content{}, nil
	}
	return c, err
}

// update changes the vault, and says so when that made one.
func (s *session) update(ctx context.Context, change func(*vault.Content) error) error {
	created, err := s.vaultFile().Update(ctx, change)
	if err != nil {
		return err
	}
	if created {
		fmt.Fprintln(s.stderr, keyFileNote(s.file.Path))
	}
	return nil
}

// say writes the outcome: a sentence for people, an object for programs.
func (s *session) say(sentence string, object any) error {
	if s.JSON {
		return writeJSON(s.stdout, object)
	}
	_, err := fmt.Fprintln(s.stdout, sentence)
	return err
}

// newID draws an identity.
func newID() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return countersign.IDOf(b), nil
}

// maxSecretFile is a first line and room for what editors put around it.
const maxSecretFile = 64 << 10

// readSecretFile reads the first line of a file: what editors and echo leave
// behind it is not part of a passphrase.
func readSecretFile(path string) (countersign.Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return countersign.Secret{}, fileProblem(path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
	if err != nil {
		return countersign.Secret{}, fileProblem(path, err)
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return countersign.NewSecret(bytes.TrimSuffix(line, []byte("\r"))), nil
}

// terminal is a person to ask. Questions go to standard error, so that what a
// command prints can be piped on.
type terminal struct {
	in      *os.File
	out     *os.File
	stopped <-chan struct{} // Ctrl-C
}

func findTerminal() *terminal {
	if term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())) {
		return &terminal{in: os.Stdin, out: os.Stderr}
	}
	return nil
}

// secret asks without showing what is typed.
func (t *terminal) secret(question string) (countersign.Secret, error) {
	typed, err := t.ask(question, func() ([]byte, error) { return term.ReadPassword(int(t.in.Fd())) })
	fmt.Fprintln(t.out)
	return countersign.NewSecret(typed), err
}

// line asks for a line. It reads byte by byte: what follows is not ours.
func (t *terminal) line(question string) (string, error) {
	typed, err := t.ask(question, func() (typed []byte, err error) {
		for b := make([]byte, 1); len(typed) < 4096; {
			n, err := t.in.Read(b)
			if n == 1 && b[0] == '\n' {
				break
			}
			typed = append(typed, b[:n]...)
			if err != nil {
				return nil, err
			}
		}
		return typed, nil
	})
	return strings.TrimSpace(string(typed)), err
}

// ask waits for an answer or for Ctrl-C, after which the terminal shows what
// is typed again.
func (t *terminal) ask(question string, read func() ([]byte, error)) ([]byte, error) {
	before, err := term.GetState(int(t.in.Fd()))
	if err != nil {
		return nil, fmt.Errorf("the terminal: %w", err)
	}
	fmt.Fprint(t.out, question)
	type answer struct {
		typed []byte
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		typed, err := read()
		answered <- answer{typed, err}
	}()
	select {
	case a := <-answered:
		if a.err != nil {
			return nil, fmt.Errorf("the terminal: %w", a.err)
		}
		return a.typed, nil
	case <-t.stopped:
		return nil, errors.Join(context.Canceled, term.Restore(int(t.in.Fd()), before))
	}
}

package local

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
)

// patience is how long a second process waits for the first: longer than a
// save with the costliest passphrase takes, shorter than a person's.
const patience = 10 * time.Second

// File is a vault in its place. It keeps no content; it keeps the key of a
// passphrase that was right, so that saving does not ask or stretch again. It
// is not safe for concurrent use within a process; between processes it is.
type File struct {
	Path string
	// Passphrase is asked, once, when the vault is locked by one. Without it
	// the vault does not open (ErrPassphrase).
	Passphrase func() (countersign.Secret, error)
	// Cost is what a new passphrase will cost; zero for DefaultCost.
	Cost Cost

	passphrase *countersign.Secret // as asked for
	stretched  map[string]countersign.Secret
	step       func(string) // called between the steps of a save; the tests end the process there
}

func (f *File) previousPath() string { return f.Path + ".previous" }
func (f *File) keyPath() string      { return f.Path + ".key" }
func (f *File) newPath() string      { return f.Path + ".new" }

// Lock says what opens the vault; ErrAbsent when there is none.
func (f *File) Lock() (Lock, error) {
	if err := f.resolve(); err != nil {
		return "", err
	}
	file, err := readFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrAbsent
	}
	if err != nil {
		return "", err
	}
	h, _, _, err := split(file)
	if err != nil {
		return "", err
	}
	return h.key, nil
}

// Read opens the vault. It needs no lock: a file is replaced whole.
func (f *File) Read() (*vault.Content, error) {
	if err := f.resolve(); err != nil {
		return nil, err
	}
	c, _, _, err := f.read()
	return c, err
}

// resolve follows a link, so that a save replaces the vault and not the link
// to it.
func (f *File) resolve() error {
	path, err := filepath.EvalSymlinks(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("local: %w", err)
	}
	f.Path = path
	return nil
}

// read opens the vault and gives what a save needs to seal it again.
func (f *File) read() (*vault.Content, *header, countersign.Secret, error) {
	var none countersign.Secret
	file, err := readFile(f.Path)
	for range 3 {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, none, f.absence()
		}
		if err != nil {
			return nil, nil, none, err
		}
		c, h, key, openErr := f.open(file)
		if openErr == nil {
			return c, h, key, nil
		}
		// Another process may have put a passphrase on the vault, or taken it
		// off, between our look at the file and our look at the key.
		var again []byte
		if again, err = readFile(f.Path); err == nil && bytes.Equal(again, file) {
			return nil, nil, none, f.damage(openErr, h)
		}
		file = again
	}
	return nil, nil, none, ErrBusy
}

// absence tells a vault that never was from one that is gone.
func (f *File) absence() error {
	if _, err := os.Lstat(f.previousPath()); err == nil {
		return f.damage(fmt.Errorf("%w: the file is gone", ErrDamaged), nil)
	}
	return ErrAbsent
}

// damage adds to a failure what is known of the loss and the way back.
func (f *File) damage(cause error, h *header) error {
	wrong := errors.Is(cause, ErrWrong)
	if !errors.Is(cause, ErrDamaged) && !wrong {
		return cause
	}
	d := &Damage{Path: f.Path, Entries: -1, Previous: -1, Cause: cause}
	if h != nil {
		d.Entries = h.entries
	}
	if file, err := readFile(f.previousPath()); err == nil {
		if c, _, _, err := f.open(file); err == nil {
			d.Previous = len(c.Entries)
		}
	}
	// A passphrase that opens the previous version is no wrong one: then it is
	// the vault's header that changed.
	if wrong && d.Previous < 0 {
		return cause
	}
	return d
}

// open opens the bytes of a vault's file with whatever key its header names.
func (f *File) open(file []byte) (*vault.Content, *header, countersign.Secret, error) {
	var none countersign.Secret
	h, line, sealed, err := split(file)
	if err != nil {
		return nil, nil, none, err
	}
	var key countersign.Secret
	if h.key == ByPassphrase {
		key, err = f.stretch(h.argon2id)
	} else {
		key, err = readKey(f.keyPath())
	}
	if err != nil {
		return nil, h, none, err
	}
	if checkOf(key) != h.check {
		if h.key == ByPassphrase {
			return nil, h, none, ErrWrong
		}
		return nil, h, none, fmt.Errorf("%w: it belongs to another vault", ErrKeyLost)
	}
	c, err := open(line, sealed, key)
	return c, h, key, err
}

func (f *File) stretch(a *argon2Header) (countersign.Secret, error) {
	id := fmt.Sprintf("%x %+v", a.salt, a.Cost)
	if key, ok := f.stretched[id]; ok {
		return key, nil
	}
	if f.passphrase == nil {
		if f.Passphrase == nil {
			return countersign.Secret{}, ErrPassphrase
		}
		p, err := f.Passphrase()
		if err != nil {
			return countersign.Secret{}, err
		}
		f.passphrase = &p
	}
	key := a.stretch(*f.passphrase)
	if f.stretched == nil {
		f.stretched = make(map[string]countersign.Secret)
	}
	f.stretched[id] = key
	return key, nil
}

// lock waits its turn among the processes that change this vault.
func (f *File) lock(ctx context.Context) (release func(), err error) {
	if err := f.resolve(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		release, ok, err := tryLock(f.Path + ".lock")
		if err != nil {
			return nil, fmt.Errorf("local: %w", err)
		}
		if ok {
			return release, nil
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			return nil, ErrBusy
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// readFile reads a file of the vault and takes other people's permissions
// away from it.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	about, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a file", ErrDamaged)
	}
	if about.Size() > int64(maxFile) {
		return nil, fmt.Errorf("%w: %d bytes", ErrDamaged, about.Size())
	}
	if err := tighten(path, about.Mode()); err != nil {
		return nil, fmt.Errorf("local: others can read the vault, and that cannot be changed: %w", err)
	}
	return io.ReadAll(io.LimitReader(file, int64(maxFile)+1))
}

// random draws n bytes.
func random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	return b, nil
}

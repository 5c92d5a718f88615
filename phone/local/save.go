package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
)

// ErrNotKept is returned when the disk does not give back what was written.
// The version before is in place.
var ErrNotKept = errors.New("local: the disk did not keep what was written")

// Update changes the vault: it opens it, lets change work on the content, and
// saves. When change fails, nothing is written. A vault that is not there yet
// is made, with a key file beside it; created says so.
func (f *File) Update(ctx context.Context, change func(*vault.Content) error) (created bool, err error) {
	release, err := f.lock(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	c, h, key, err := f.read()
	if errors.Is(err, ErrAbsent) {
		created = true
		c = &vault.Content{}
		if h, key, err = f.newKeyFile(); err != nil {
			return false, err
		}
	} else if err != nil {
		return false, err
	}
	if err := change(c); err != nil {
		return false, err
	}
	if err := f.save(h, key, c); err != nil {
		return false, err
	}
	if h.key == ByPassphrase {
		// A key file beside a vault with a passphrase is what an interrupted
		// SetPassphrase or DropPassphrase left behind.
		return created, removeIfThere(f.keyPath())
	}
	return created, nil
}

// SetPassphrase locks the vault by a passphrase from now on.
func (f *File) SetPassphrase(ctx context.Context, passphrase countersign.Secret) error {
	return f.relock(ctx, func() (*header, countersign.Secret, error) {
		cost := f.Cost
		if cost == (Cost{}) {
			cost = DefaultCost
		}
		salt, err := random(saltLength)
		if err != nil {
			return nil, countersign.Secret{}, err
		}
		a := &argon2Header{Cost: cost, salt: salt}
		if err := a.check(); err != nil {
			return nil, countersign.Secret{}, err
		}
		key := a.stretch(passphrase)
		return &header{argon2id: a, key: ByPassphrase, check: checkOf(key)}, key, nil
	})
}

// DropPassphrase locks the vault by a key file beside it from now on.
func (f *File) DropPassphrase(ctx context.Context) error {
	return f.relock(ctx, f.newKeyFile)
}

func (f *File) relock(ctx context.Context, lock func() (*header, countersign.Secret, error)) error {
	release, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	c, old, _, err := f.read()
	if err != nil {
		return err
	}
	h, key, err := lock()
	if err != nil {
		return err
	}
	if old.key == ByKeyFile && h.key == ByKeyFile {
		return nil // newKeyFile gave back the key that is in use
	}
	if err := f.save(h, key, c); err != nil {
		return err
	}
	f.passphrase, f.stretched = nil, nil
	// The version before opens by the old key. Keeping it would keep the old
	// lock on the same secrets.
	if err := removeIfThere(f.previousPath()); err != nil {
		return err
	}
	f.at("previous removed")
	if h.key == ByPassphrase {
		if err := removeIfThere(f.keyPath()); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(f.Path))
}

// save replaces the vault's file. The steps are those of the package comment;
// until the rename the old version is in place, from it on the new one, and
// the old one is beside it.
func (f *File) save(h *header, key countersign.Secret, c *vault.Content) error {
	file, err := seal(h, key, c)
	if err != nil {
		return err
	}
	f.at("sealed")
	if err := writeNew(f.newPath(), file); err != nil {
		return err
	}
	f.at("written")
	if err := verify(f.newPath(), file, key); err != nil {
		return errors.Join(err, removeIfThere(f.newPath()))
	}
	f.at("verified")
	if err := f.keepPrevious(); err != nil {
		return err
	}
	f.at("previous kept")
	if err := os.Rename(f.newPath(), f.Path); err != nil {
		return fmt.Errorf("local: %w", err)
	}
	f.at("renamed")
	if err := syncFolder(filepath.Dir(f.Path)); err != nil {
		return fmt.Errorf("local: %w", err)
	}
	f.at("folder synced")
	if err := verify(f.Path, file, key); err != nil {
		// The previous version is whole: it was read at the start of this save.
		return errors.Join(err, os.Rename(f.previousPath(), f.Path))
	}
	return nil
}

func (f *File) at(step string) {
	if f.step != nil {
		f.step(step)
	}
}

// keepPrevious makes the current file the previous one as well, without a
// moment in which there is no current one.
func (f *File) keepPrevious() error {
	current, err := os.Stat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the first save
	}
	if err != nil {
		return fmt.Errorf("local: %w", err)
	}
	// Two names of one file cannot be renamed onto each other (POSIX leaves
	// both): this is what a save interrupted after this step left.
	if previous, err := os.Stat(f.previousPath()); err == nil && os.SameFile(current, previous) {
		return nil
	}
	beside := f.previousPath() + ".new"
	if err := removeIfThere(beside); err != nil {
		return err
	}
	if err := os.Link(f.Path, beside); err != nil {
		// A file system without links: a copy.
		file, err := readFile(f.Path)
		if err != nil {
			return fmt.Errorf("local: %w", err)
		}
		if err := writeNew(beside, file); err != nil {
			return err
		}
	}
	if err := os.Rename(beside, f.previousPath()); err != nil {
		return fmt.Errorf("local: %w", err)
	}
	return nil
}

// verify reads a file back and opens it: nothing counts as saved that does
// not come back.
func verify(path string, want []byte, key countersign.Secret) error {
	got, err := readFile(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	if !bytes.Equal(got, want) {
		return ErrNotKept
	}
	_, line, sealed, err := split(got)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	if _, err := open(line, sealed, key); err != nil {
		return fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	return nil
}

// Repair puts the previous version in the place of a damaged vault, which is
// set aside under the name that is returned ("" when there was no file).
func (f *File) Repair(ctx context.Context, now time.Time) (entries int, aside string, err error) {
	release, err := f.lock(ctx)
	if err != nil {
		return 0, "", err
	}
	defer release()
	_, _, _, err = f.read()
	var damage *Damage
	if !errors.As(err, &damage) {
		return 0, "", err // nil: there is nothing to repair
	}
	if damage.Previous < 0 {
		return 0, "", err
	}
	file, err := readFile(f.previousPath())
	if err != nil {
		return 0, "", fmt.Errorf("local: %w", err)
	}
	if err := writeNew(f.newPath(), file); err != nil {
		return 0, "", err
	}
	aside = f.Path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	if err := os.Rename(f.Path, aside); errors.Is(err, fs.ErrNotExist) {
		aside = ""
	} else if err != nil {
		return 0, "", fmt.Errorf("local: %w", err)
	}
	if err := os.Rename(f.newPath(), f.Path); err != nil {
		return 0, "", fmt.Errorf("local: %w", err)
	}
	return damage.Previous, aside, syncFolder(filepath.Dir(f.Path))
}

// newKeyFile makes the key file of a vault, or takes the one that an
// interrupted start left.
func (f *File) newKeyFile() (*header, countersign.Secret, error) {
	key, err := readKey(f.keyPath())
	if errors.Is(err, ErrKeyLost) {
		if _, err := os.Lstat(f.keyPath()); err == nil {
			return nil, countersign.Secret{}, fmt.Errorf("%w: %s is in the way", ErrKeyLost, f.keyPath())
		}
		b, err := random(keyLength)
		if err != nil {
			return nil, countersign.Secret{}, err
		}
		key = countersign.NewSecret(b)
		beside := f.keyPath() + ".new"
		if err := writeNew(beside, append(base64.RawURLEncoding.AppendEncode(nil, b), '\n')); err != nil {
			return nil, key, err
		}
		if err := os.Rename(beside, f.keyPath()); err != nil {
			return nil, key, fmt.Errorf("local: %w", err)
		}
		if err := syncFolder(filepath.Dir(f.keyPath())); err != nil {
			return nil, key, fmt.Errorf("local: %w", err)
		}
		f.at("key written")
	} else if err != nil {
		return nil, key, err
	}
	return &header{key: ByKeyFile, check: checkOf(key)}, key, nil
}

func readKey(path string) (countersign.Secret, error) {
	var none countersign.Secret
	file, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged) {
		return none, ErrKeyLost
	}
	if err != nil {
		return none, err
	}
	defer clear(file)
	key, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimSuffix(file, []byte("\n"))))
	if err != nil || len(key) != keyLength {
		return none, ErrKeyLost
	}
	return countersign.NewSecret(key), nil
}

// writeNew writes a file that was not there, for this person alone, and sees
// it to the disk. What an interrupted save left under the name goes first.
func writeNew(path string, b []byte) error {
	if err := removeIfThere(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("local: %w", err)
	}
	_, err = file.Write(b)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("local: %w", err), removeIfThere(path))
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("local: %w", err)
	}
	return nil
}

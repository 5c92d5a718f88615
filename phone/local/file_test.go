package local

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
)

var cheap = Cost{Memory: minMemory, Passes: 1, Lanes: 1}

func entry(n byte) countersign.Entry {
	return countersign.Entry{
		ID: countersign.IDOf([16]byte{n}), Type: countersign.TOTP, Issuer: "GitHub", Label: "mara",
		Secret: countersign.NewSecret([]byte("canary-12345678901234567890")), Algorithm: countersign.SHA1,
		Digits: 6, Period: 30,
	}
}

func add(n byte) func(*vault.Content) error {
	return func(c *vault.Content) error {
		c.Entries = append(c.Entries, entry(n))
		return nil
	}
}

// newVault makes a vault of n entries in n saves.
func newVault(t *testing.T, n byte) *File {
	t.Helper()
	f := &File{Path: filepath.Join(t.TempDir(), "vault"), Cost: cheap}
	for i := range n {
		if _, err := f.Update(context.Background(), add(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func count(t *testing.T, f *File) int {
	t.Helper()
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	return len(c.Entries)
}

func passphrase(s string) func() (countersign.Secret, error) {
	return func() (countersign.Secret, error) { return countersign.NewSecret([]byte(s)), nil }
}

// again is the same vault in another process: nothing remembered.
func again(f *File, s string) *File {
	g := &File{Path: f.Path, Cost: cheap}
	if s != "" {
		g.Passphrase = passphrase(s)
	}
	return g
}

func TestVaultComesBack(t *testing.T) {
	f := &File{Path: filepath.Join(t.TempDir(), "a", "b", "vault")}
	if _, err := f.Read(); !errors.Is(err, ErrAbsent) {
		t.Fatalf("before: got %v, want absent", err)
	}
	created, err := f.Update(context.Background(), add(1))
	if err != nil || !created {
		t.Fatalf("first save: got %v %v", created, err)
	}
	created, err = f.Update(context.Background(), add(2))
	if err != nil || created {
		t.Fatalf("second save: got %v %v", created, err)
	}
	if got := count(t, again(f, "")); got != 2 {
		t.Errorf("got %d entries, want 2", got)
	}
}

func TestAFailedChangeWritesNothing(t *testing.T) {
	f := newVault(t, 1)
	before, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	for name, change := range map[string]func(*vault.Content) error{
		"change fails":           func(*vault.Content) error { return refused },
		"content cannot be kept": add(1), // its identity is taken
	} {
		if _, err := f.Update(context.Background(), change); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	after, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
}

func TestNothingSecretStandsInTheFile(t *testing.T) {
	f := newVault(t, 2)
	for _, path := range []string{f.Path, f.previousPath()} {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{"canary", "GitHub", "mara"} {
			if bytes.Contains(file, []byte(canary)) {
				t.Errorf("%s holds %q", path, canary)
			}
		}
	}
}

func TestOthersCannotReadTheVault(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	f := newVault(t, 2)
	paths := []string{f.Path, f.previousPath(), f.keyPath(), f.Path + ".lock"}
	for _, path := range paths {
		about, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := about.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: made with %o, want 600", path, got)
		}
	}
	for _, path := range paths[:3] {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Update(context.Background(), add(9)); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths[:3] {
		about, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := about.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: left at %o, want 600", path, got)
		}
	}
}

func TestALinkToTheVaultStaysALink(t *testing.T) {
	f := newVault(t, 1)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(f.Path, link); err != nil {
		t.Skip("no links here:", err)
	}
	if _, err := (&File{Path: link}).Update(context.Background(), add(2)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, again(f, "")); got != 2 {
		t.Errorf("got %d entries behind the link, want 2", got)
	}
}

func TestPassphrase(t *testing.T) {
	f := newVault(t, 2)
	ctx := context.Background()
	if err := f.SetPassphrase(ctx, countersign.NewSecret([]byte("correct horse"))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{f.keyPath(), f.previousPath()} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s still opens what the passphrase locks", path)
		}
	}
	if lock, err := f.Lock(); lock != ByPassphrase || err != nil {
		t.Errorf("got %q %v, want passphrase", lock, err)
	}
	if _, err := again(f, "").Read(); !errors.Is(err, ErrPassphrase) {
		t.Errorf("without it: got %v", err)
	}
	if _, err := again(f, "wrong horse").Read(); !errors.Is(err, ErrWrong) || errors.Is(err, ErrDamaged) {
		t.Errorf("with another: got %v, want wrong and not damaged", err)
	}
	g := again(f, "correct horse")
	if _, err := g.Update(ctx, add(3)); err != nil {
		t.Fatal(err)
	}
	if _, err := again(f, "wrong horse").Read(); !errors.Is(err, ErrWrong) || errors.Is(err, ErrDamaged) {
		t.Errorf("with another, beside a previous version: got %v", err)
	}
	if got := count(t, again(f, "correct horse")); got != 3 {
		t.Errorf("got %d entries, want 3", got)
	}
	if err := g.SetPassphrase(ctx, countersign.NewSecret([]byte("battery staple"))); err != nil {
		t.Fatal(err)
	}
	if _, err := again(f, "correct horse").Read(); !errors.Is(err, ErrWrong) {
		t.Errorf("with the old one: got %v", err)
	}
	if err := again(f, "battery staple").DropPassphrase(ctx); err != nil {
		t.Fatal(err)
	}
	if got := count(t, again(f, "")); got != 3 {
		t.Errorf("after dropping it: got %d entries, want 3", got)
	}
}

func TestPassphraseIsAskedOnce(t *testing.T) {
	f := newVault(t, 1)
	ctx := context.Background()
	if err := f.SetPassphrase(ctx, countersign.NewSecret([]byte("p"))); err != nil {
		t.Fatal(err)
	}
	asked := 0
	g := &File{Path: f.Path, Passphrase: func() (countersign.Secret, error) {
		asked++
		return countersign.NewSecret([]byte("p")), nil
	}}
	for n := range byte(3) {
		if _, err := g.Update(ctx, add(n+2)); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want 1", asked)
	}
}

// Check I2 for the local file: never a partial vault, never an empty one, and
// the way back is named.
func TestEveryTruncationIsDamage(t *testing.T) {
	f := newVault(t, 3)
	good, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		expectDamage(t, f, good[:n], 2)
	}
}

func TestEveryFlippedByteIsDamage(t *testing.T) {
	f := newVault(t, 3)
	good, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range good {
		for _, mask := range []byte{0x01, 0x20, 0x80} {
			bad := bytes.Clone(good)
			bad[n] ^= mask
			if err := os.WriteFile(f.Path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := f.Read()
			if c != nil || err == nil {
				t.Fatalf("byte %d, mask %02x: opened", n, mask)
			}
			// A changed check is a key file of another vault as far as anyone
			// can tell; a changed version digit is a newer one.
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrKeyLost) && !errors.Is(err, ErrNewer) {
				t.Fatalf("byte %d, mask %02x: got %v", n, mask, err)
			}
			if mask != 0x01 {
				continue // one way of damage to each byte is saved over
			}
			if _, err := f.Update(context.Background(), add(9)); err == nil {
				t.Fatalf("byte %d, mask %02x: written over", n, mask)
			}
			if after, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(after, bad) {
				t.Fatalf("byte %d, mask %02x: the damaged file was touched", n, mask)
			}
		}
	}
}

func TestAFlippedByteUnderAPassphrase(t *testing.T) {
	f := newVault(t, 1)
	ctx := context.Background()
	if err := f.SetPassphrase(ctx, countersign.NewSecret([]byte("p"))); err != nil {
		t.Fatal(err)
	}
	g := again(f, "p")
	if _, err := g.Update(ctx, add(2)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]int{
		"the salt":    bytes.Index(good, []byte(`"salt":"`)) + 10,
		"the check":   bytes.Index(good, []byte(`"check":"`)) + 10,
		"the content": len(good) - 20,
	} {
		bad := bytes.Clone(good)
		bad[at]++ // stays within base64url's letters where there are any
		if err := os.WriteFile(f.Path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := again(f, "p").Read()
		var damage *Damage
		if !errors.As(err, &damage) || damage.Previous != 1 {
			t.Errorf("%s: got %v, want damage with a way back", name, err)
		}
	}
}

func expectDamage(t *testing.T, f *File, bad []byte, previous int) {
	t.Helper()
	if err := os.WriteFile(f.Path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := f.Read()
	var damage *Damage
	if c != nil || !errors.As(err, &damage) {
		t.Fatalf("%d bytes: got %v, want damage", len(bad), err)
	}
	if damage.Previous != previous {
		t.Fatalf("%d bytes: %d in the previous version, want %d", len(bad), damage.Previous, previous)
	}
	if _, err := f.Update(context.Background(), add(9)); !errors.Is(err, ErrDamaged) {
		t.Fatalf("%d bytes: got %v on saving, want damage", len(bad), err)
	}
	if after, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(after, bad) {
		t.Fatalf("%d bytes: the damaged file was touched", len(bad))
	}
}

func TestDamageSaysHowMuchWasThere(t *testing.T) {
	f := newVault(t, 3)
	good, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	good[len(good)-1] ^= 1
	if err := os.WriteFile(f.Path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	var damage *Damage
	if _, err := f.Read(); !errors.As(err, &damage) || damage.Entries != 3 || damage.Previous != 2 {
		t.Errorf("got %+v, want 3 entries and 2 in the previous version", damage)
	}
}

func TestAVaultThatIsGoneIsNotBegunAnew(t *testing.T) {
	f := newVault(t, 2)
	if err := os.Remove(f.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Update(context.Background(), add(9)); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want damage", err)
	}
	if _, err := os.Stat(f.Path); !os.IsNotExist(err) {
		t.Error("an empty vault took its place")
	}
	n, aside, err := f.Repair(context.Background(), time.Unix(0, 0))
	if n != 1 || aside != "" || err != nil {
		t.Errorf("repair: got %d %q %v", n, aside, err)
	}
	if got := count(t, f); got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
}

func TestRepair(t *testing.T) {
	f := newVault(t, 3)
	ctx := context.Background()
	if _, _, err := f.Repair(ctx, time.Unix(0, 0)); err != nil {
		t.Errorf("a sound vault: %v", err)
	}
	if got := count(t, f); got != 3 {
		t.Fatalf("a sound vault was changed: %d entries", got)
	}
	if err := os.WriteFile(f.Path, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, aside, err := f.Repair(ctx, time.Unix(0, 0))
	if n != 2 || err != nil {
		t.Fatalf("got %d %v, want 2", n, err)
	}
	if b, err := os.ReadFile(aside); err != nil || string(b) != "rubbish" {
		t.Errorf("the damaged file was not set aside: %q %v", b, err)
	}
	if _, err := f.Update(ctx, add(7)); err != nil {
		t.Error(err)
	}
	for _, path := range []string{f.Path, f.previousPath()} {
		if err := os.WriteFile(path, []byte("rubbish"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := f.Repair(ctx, time.Unix(0, 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("with no way back: got %v", err)
	}
	if b, err := os.ReadFile(f.Path); err != nil || string(b) != "rubbish" {
		t.Error("with no way back the file was touched")
	}
}

func TestALostKeyFileIsNamed(t *testing.T) {
	for name, breakIt := range map[string]func(string) error{
		"gone":        os.Remove,
		"cut short":   func(path string) error { return os.Truncate(path, 10) },
		"another one": func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("A", 43)+"\n"), 0o600) },
	} {
		f := newVault(t, 2)
		if err := breakIt(f.keyPath()); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Read(); !errors.Is(err, ErrKeyLost) {
			t.Errorf("%s: got %v", name, err)
		}
		before, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Update(context.Background(), add(9)); !errors.Is(err, ErrKeyLost) {
			t.Errorf("%s: on saving: got %v", name, err)
		}
		if after, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the vault was touched", name)
		}
	}
}

func TestHeadersThatAskTooMuchAreRefused(t *testing.T) {
	salt := strings.Repeat("A", 22)
	head := func(argon2id string) string {
		return `{"argon2id":{` + argon2id + `},"check":"AAAAAAAAAAA","entries":0,"format":"countersign/vault-file","key":"passphrase","version":1}`
	}
	for name, test := range map[string]struct {
		line string
		want error
	}{
		"4 TiB of memory":       {head(`"lanes":1,"memory":4294967295,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"8 KiB of memory":       {head(`"lanes":1,"memory":8,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"no memory":             {head(`"lanes":1,"memory":0,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"memory below nothing":  {head(`"lanes":1,"memory":-1,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"a million passes":      {head(`"lanes":1,"memory":8192,"passes":1000000,"salt":"` + salt + `"`), ErrDamaged},
		"no passes":             {head(`"lanes":1,"memory":8192,"passes":0,"salt":"` + salt + `"`), ErrDamaged},
		"255 lanes":             {head(`"lanes":255,"memory":8192,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"no lanes":              {head(`"lanes":0,"memory":8192,"passes":1,"salt":"` + salt + `"`), ErrDamaged},
		"a short salt":          {head(`"lanes":1,"memory":8192,"passes":1,"salt":"AAAA"`), ErrDamaged},
		"an unknown member":     {head(`"lanes":1,"memory":8192,"passes":1,"pepper":1,"salt":"` + salt + `"`), ErrDamaged},
		"a sound one":           {head(`"lanes":1,"memory":8192,"passes":1,"salt":"` + salt + `"`), nil},
		"a newer one":           {`{"format":"countersign/vault-file","sealed":"otherwise","version":2}`, ErrNewer},
		"no passphrase members": {`{"check":"AAAAAAAAAAA","entries":0,"format":"countersign/vault-file","key":"passphrase","version":1}`, ErrDamaged},
		"an unknown key":        {`{"check":"AAAAAAAAAAA","entries":0,"format":"countersign/vault-file","key":"none","version":1}`, ErrDamaged},
		"a space":               {`{"check":"AAAAAAAAAAA", "entries":0,"format":"countersign/vault-file","key":"file","version":1}`, ErrDamaged},
		"another format":        {`{"check":"AAAAAAAAAAA","entries":0,"format":"other","key":"file","version":1}`, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseHeader([]byte(test.line)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// An old build must not write over what a newer one wrote.
func TestANewerVaultIsLeftAlone(t *testing.T) {
	f := newVault(t, 1)
	newer := []byte(`{"format":"countersign/vault-file","version":2}` + "\nsealed otherwise")
	if err := os.WriteFile(f.Path, newer, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Update(context.Background(), add(2)); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, want newer", err)
	}
	if _, _, err := f.Repair(context.Background(), time.Unix(0, 0)); !errors.Is(err, ErrNewer) {
		t.Errorf("repair: got %v, want newer", err)
	}
	if after, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(after, newer) {
		t.Error("the newer vault was touched")
	}
}

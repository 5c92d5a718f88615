package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
)

// The tests below run this binary again as the process that is killed or that
// competes.
func TestMain(m *testing.M) {
	if path := os.Getenv("COUNTERSIGN_TEST_VAULT"); path != "" {
		os.Exit(other(path, os.Getenv("COUNTERSIGN_TEST_ACT"), os.Getenv("COUNTERSIGN_TEST_STEP")))
	}
	os.Exit(m.Run())
}

// other is the second process: it acts on the vault and dies at a step.
func other(path, act, step string) int {
	f := &File{Path: path, Cost: cheap, Passphrase: passphrase("p")}
	f.step = func(at string) {
		if at != step {
			return
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil || self.Kill() != nil {
			os.Exit(1)
		}
		select {} // the kill is on its way
	}
	ctx := context.Background()
	var err error
	switch act {
	case "add":
		_, err = f.Update(ctx, add(99))
	case "lock":
		err = f.SetPassphrase(ctx, countersign.NewSecret([]byte("p")))
	case "unlock":
		err = f.DropPassphrase(ctx)
	case "count":
		for range 25 {
			if _, err = f.Update(ctx, func(c *vault.Content) error {
				c.Entries[0].Period++
				return nil
			}); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

func runOther(path, act, step string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "COUNTERSIGN_TEST_VAULT="+path, "COUNTERSIGN_TEST_ACT="+act, "COUNTERSIGN_TEST_STEP="+step)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

var steps = []string{"sealed", "written", "verified", "previous kept", "renamed", "folder synced"}

// Check J5: whenever the process dies, what is there afterwards is the old
// vault or the new one, whole, and the next save works.
func TestKilledBetweenTheStepsOfASave(t *testing.T) {
	for _, before := range []byte{0, 1, 3} {
		for i, step := range append([]string{"key written"}, steps...) {
			if (step == "key written") != (before == 0) && step == "key written" {
				continue // only a first save makes a key
			}
			t.Run(strconv.Itoa(int(before))+" entries, after "+step, func(t *testing.T) {
				f := newVault(t, before)
				var ended *exec.ExitError
				if err := runOther(f.Path, "add", step); !errors.As(err, &ended) || ended.Exited() {
					t.Fatalf("got %v, want a killed process", err)
				}
				want := int(before)
				if i > 4 { // "renamed" and later
					want++
				}
				c, err := f.Read()
				if want == 0 && errors.Is(err, ErrAbsent) {
					c, err = &vault.Content{}, nil
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Entries) != want {
					t.Fatalf("got %d entries, want %d", len(c.Entries), want)
				}
				for n := range byte(2) {
					if _, err := f.Update(context.Background(), add(50+n)); err != nil {
						t.Fatal("the next save:", err)
					}
				}
				if got := count(t, f); got != want+2 {
					t.Errorf("after two saves: got %d entries, want %d", got, want+2)
				}
				expectOnly(t, f, ".previous", ".key", ".lock")
			})
		}
	}
}

func TestKilledWhileTheLockChanges(t *testing.T) {
	for _, act := range []string{"lock", "unlock"} {
		for _, step := range append([]string{"key written"}, append(steps, "previous removed")...) {
			if act == "lock" && step == "key written" {
				continue
			}
			t.Run(act+", after "+step, func(t *testing.T) {
				f := newVault(t, 3)
				if act == "unlock" {
					if err := f.SetPassphrase(context.Background(), countersign.NewSecret([]byte("p"))); err != nil {
						t.Fatal(err)
					}
					f = again(f, "p")
				}
				var ended *exec.ExitError
				if err := runOther(f.Path, act, step); !errors.As(err, &ended) || ended.Exited() {
					t.Fatalf("got %v, want a killed process", err)
				}
				g := again(f, "p")
				if got := count(t, g); got != 3 {
					t.Fatalf("got %d entries, want 3", got)
				}
				if _, err := g.Update(context.Background(), add(50)); err != nil {
					t.Fatal("the next save:", err)
				}
				lock, err := g.Lock()
				if err != nil {
					t.Fatal(err)
				}
				// No key that opens the vault without the passphrase is left.
				if lock == ByPassphrase {
					expectOnly(t, g, ".previous", ".lock")
				}
				if got := count(t, again(f, "p")); got != 4 {
					t.Errorf("got %d entries, want 4", got)
				}
			})
		}
	}
}

// Two processes that change the vault lose nothing of each other's.
func TestProcessesTakeTurns(t *testing.T) {
	f := newVault(t, 1)
	const processes = 4
	failures := make([]error, processes)
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() { failures[i] = runOther(f.Path, "count", "") })
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Entries[0].Period, 30+processes*25; got != want {
		t.Errorf("got %d, want %d: a change was lost", got, want)
	}
}

// expectOnly wants no file beside the vault but those of the given endings.
func expectOnly(t *testing.T, f *File, endings ...string) {
	t.Helper()
	names, err := filepath.Glob(f.Path + ".*")
	if err != nil {
		t.Fatal(err)
	}
next:
	for _, name := range names {
		for _, ending := range endings {
			if name == f.Path+ending {
				continue next
			}
		}
		t.Errorf("%s was left behind", name)
	}
}

package main

import (
	"context"
	"errors"
	"fmt"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone"
	"github.com/countersign-id/countersign/phone/local"
)

type removeCommand struct {
	Name   string `arg:"" help:"As for code, or account@server, or a device's id."`
	Forget bool   `help:"Forget this computer's enrolment without telling the server."`
	Yes    bool   `help:"Do not ask."`
}

func (k *removeCommand) Run(ctx context.Context, s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	entries, devices := vault.Find(c.Entries, k.Name), findDevices(c.Devices, k.Name)
	if k.Forget {
		entries = nil
	}
	candidates := entryCandidates(c, entries)
	for _, i := range devices {
		candidates = append(candidates, candidate{c.Devices[i].ID, "this computer, for " + accountOf(&c.Devices[i]), c.Devices[i].ID})
	}
	switch {
	case len(candidates) == 0:
		return notFound(k.Name)
	case len(candidates) > 1:
		return ambiguous(k.Name, candidates)
	case len(entries) == 1:
		return k.entry(ctx, s, c.Entries[entries[0]])
	}
	return k.device(ctx, s, c.Devices[devices[0]])
}

func (k *removeCommand) sure(s *session, what string) error {
	if k.Yes {
		return nil
	}
	if s.terminal == nil {
		return &failure{exit: exitUsage, code: "confirm", said: what + " Nothing was removed.", next: "To remove it: the same command with --yes."}
	}
	fmt.Fprintln(s.stderr, what)
	typed, err := s.terminal.line(askSure)
	if err != nil {
		return err
	}
	if typed != "yes" {
		return &failure{exit: exitFailed, code: "kept", said: saidKept}
	}
	return nil
}

func (k *removeCommand) entry(ctx context.Context, s *session, e countersign.Entry) error {
	if err := k.sure(s, fmt.Sprintf("Without its key no code for %s can be made again. Turn two-step sign-in off at the site first.", nameOf(&e))); err != nil {
		return err
	}
	err := s.update(ctx, func(c *vault.Content) error {
		for i := range c.Entries {
			if c.Entries[i].ID == e.ID {
				c.Entries = append(c.Entries[:i:i], c.Entries[i+1:]...)
				return nil
			}
		}
		return notFound(k.Name)
	})
	if err != nil {
		return err
	}
	return s.say(fmt.Sprintf("Removed %s.", nameOf(&e)), map[string]any{"removed": "entry", "id": e.ID})
}

func (k *removeCommand) device(ctx context.Context, s *session, d vault.Device) error {
	if err := k.sure(s, fmt.Sprintf("This computer will no longer approve for %s.", accountOf(&d))); err != nil {
		return err
	}
	if !k.Forget {
		device, err := s.deviceOf(&d)
		if err != nil {
			return err
		}
		// A server that does not know this computer any more has nothing to remove.
		if err := device.Remove(ctx); err != nil && phone.CodeOf(err) != phone.DeviceUnknown {
			f := failureOf(err, s.Vault)
			f.next = "Nothing was removed. To forget it here only: the same command with --forget."
			return f
		}
	}
	if err := s.forget(ctx, &d); err != nil {
		return err
	}
	return s.say(fmt.Sprintf("Removed this computer from %s.", accountOf(&d)), map[string]any{"removed": "device", "id": d.ID})
}

type lockCommand struct {
	NewPassphraseFile string `help:"A file whose first line becomes the passphrase." placeholder:"FILE"`
}

func (k *lockCommand) Run(ctx context.Context, s *session) error {
	file := s.vaultFile()
	lock, err := file.Lock()
	if err != nil {
		return err
	}
	path := k.NewPassphraseFile
	if path == "" && lock == local.ByKeyFile {
		path = s.PassphraseFile // nothing else to open: it can only be the new one
	}
	passphrase, err := s.newPassphrase(path)
	if err != nil {
		return err
	}
	if err := file.SetPassphrase(ctx, passphrase); err != nil {
		return err
	}
	return s.say(saidLocked, map[string]any{"locked": true})
}

func (s *session) newPassphrase(path string) (passphrase countersign.Secret, err error) {
	switch {
	case path != "":
		passphrase, err = readSecretFile(path)
	case s.terminal == nil:
		return passphrase, &failure{exit: exitPassword, code: "passphrase-needed", said: "The new passphrase is not given.",
			next: "Give it by --new-passphrase-file FILE, or run this in a terminal, which asks."}
	default:
		if passphrase, err = s.terminal.secret(askNew); err != nil {
			return passphrase, err
		}
		again, askErr := s.terminal.secret(askAgain)
		if askErr == nil && !again.Equal(passphrase) {
			return passphrase, &failure{exit: exitFailed, code: "not-the-same", said: saidNotSame}
		}
		err = askErr
	}
	if err != nil {
		return passphrase, err
	}
	if passphrase.Len() == 0 {
		return passphrase, &failure{exit: exitUsage, code: "empty", said: saidEmpty}
	}
	// NIST SP 800-63B-4 §3.1.1: 15 characters where a password stands alone.
	if passphrase.Len() < 15 {
		fmt.Fprintln(s.stderr, saidShort)
	}
	return passphrase, nil
}

type unlockCommand struct{}

func (*unlockCommand) Run(ctx context.Context, s *session) error {
	file := s.vaultFile()
	lock, err := file.Lock()
	if err != nil {
		return err
	}
	if lock == local.ByKeyFile {
		return s.say(saidNotLocked, map[string]any{"locked": false})
	}
	if err := file.DropPassphrase(ctx); err != nil {
		return err
	}
	return s.say(fmt.Sprintf("%s The key file %s.key opens the vault now.", saidUnlocked, file.Path), map[string]any{"locked": false})
}

type repairCommand struct{}

func (*repairCommand) Run(ctx context.Context, s *session) error {
	entries, aside, err := s.vaultFile().Repair(ctx, s.now())
	if err != nil {
		var damage *local.Damage
		if errors.As(err, &damage) && damage.Previous < 0 {
			f := failureOf(err, s.Vault)
			f.next = nextDamaged(damage)
			return f
		}
		return err
	}
	if entries == 0 && aside == "" {
		if _, err := s.vaultFile().Read(); err != nil {
			return err
		}
		return s.say(saidSound, map[string]any{"repaired": false})
	}
	said := fmt.Sprintf("The version saved before is in place: %s. What was added after it is missing.", plural(entries, "account", "accounts"))
	if aside != "" {
		said += fmt.Sprintf("\nThe damaged file is %s.", aside)
	}
	return s.say(said, map[string]any{"repaired": true, "entries": entries, "aside": aside})
}

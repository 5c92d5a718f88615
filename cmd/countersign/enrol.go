package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone"
)

type enrolCommand struct {
	Address string `arg:"" name:"url" help:"The enrolment address, or the server's address and then the code."`
	Code    string `arg:"" optional:"" help:"The code to type, when the address has none."`
	Name    string `help:"This computer's name, as the server lists it. Default: its host name." placeholder:"NAME"`
	NoWait  bool   `help:"Return when the six digits are shown."`
}

func (k *enrolCommand) Run(ctx context.Context, s *session) error {
	issuer, code, err := k.target()
	if err != nil {
		return err
	}
	name, err := k.name()
	if err != nil {
		return err
	}
	// The vault first: a code that is spent on a computer that cannot keep the
	// key is lost, and so is a key whose device is active.
	if err := s.update(ctx, func(*vault.Content) error { return nil }); err != nil {
		return err
	}
	key, err := phone.NewKey()
	if err != nil {
		return err
	}
	scalar, err := key.Bytes()
	if err != nil {
		return err
	}
	client := &phone.Client{HTTP: s.http, Issuer: issuer, Now: s.now}
	enrolled, err := client.Enrol(ctx, phone.Enrolment{Code: code, Key: key, Name: name, Platform: countersign.Desktop, Version: version()})
	if err != nil {
		return err
	}
	d := vault.Device{
		Issuer: issuer, ServerName: enrolled.ServerName, ID: enrolled.Device.ID, AccountID: enrolled.Device.AccountID,
		AccountName: enrolled.AccountName, Name: name, Platform: countersign.Desktop, State: countersign.DevicePending,
		Safety: enrolled.Safety, Key: countersign.NewSecret(scalar), Enrolled: s.now().UTC().Truncate(time.Millisecond),
	}
	err = s.update(context.WithoutCancel(ctx), func(c *vault.Content) error {
		c.Devices = append(c.Devices, d)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.showSafety(&d, k.NoWait); err != nil || k.NoWait {
		return err
	}
	return s.await(ctx, &d, enrolled.Device)
}

// target is the server and the code, from an address that has both or from
// two arguments.
func (k *enrolCommand) target() (issuer, code string, err error) {
	if k.Code == "" {
		issuer, code, err = phone.ParseAddress(k.Address)
	} else {
		issuer = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(k.Address), "/app"), "/")
		if err = phone.CheckIssuer(issuer); err == nil {
			code, err = phone.ParseCode(k.Code)
		}
	}
	switch {
	case errors.Is(err, phone.ErrInsecure):
		return "", "", &failure{exit: exitUsage, code: "insecure", said: "The address is not https, so anybody on the way could take this computer's place. Nothing was sent.",
			next: "Use the https address of the server. Plain http is for this machine alone (localhost)."}
	case errors.Is(err, phone.ErrCode):
		return "", "", &failure{exit: exitUsage, code: "code", said: "The code in the address is not whole: it has 26 letters and digits.",
			next: "Copy the address again, in quotes, or ask the page for a new one."}
	case err != nil:
		return "", "", &failure{exit: exitUsage, code: "address", said: "This is not an enrolment address: those look like https://id.example.org/app#enrol=CODE.",
			next: "Put it in quotes, because of the #; or give the server's address and then the code."}
	}
	return issuer, code, nil
}

func (k *enrolCommand) name() (string, error) {
	name := strings.TrimSpace(k.Name)
	if name == "" {
		host, err := os.Hostname()
		if err != nil || host == "" {
			host = "terminal"
		}
		name = host
		for utf8.RuneCountInString(name) > 64 {
			_, last := utf8.DecodeLastRuneInString(name)
			name = name[:len(name)-last]
		}
	}
	if n := utf8.RuneCountInString(name); n > 64 || shown(name) != name {
		return "", usage("The name has 1 to 64 visible characters.")
	}
	return name, nil
}

func (s *session) showSafety(d *vault.Device, last bool) error {
	if s.JSON {
		return writeJSON(s.stdout, showDevice(d))
	}
	_, err := fmt.Fprintf(s.stdout, "Type these six digits on the page that showed the address:\n\n    %s\n\nOnly then this computer can approve for %s.\n", grouped(d.Safety), accountOf(d))
	if err != nil {
		return err
	}
	if last {
		_, err = fmt.Fprintln(s.stdout, nextStatus)
		return err
	}
	_, err = fmt.Fprintln(s.stderr, saidWaiting)
	return err
}

// await asks until the digits are typed or the binding dies: once a second,
// since a person is typing them, and no longer than a binding lives. It does
// not use the live channel, which tells only what its own server process saw;
// the digits may be confirmed by another one.
func (s *session) await(ctx context.Context, d *vault.Device, device *phone.Device) error {
	ctx, cancel := context.WithTimeout(ctx, countersign.BindingLife+time.Minute)
	defer cancel()
	next := time.NewTicker(time.Second)
	defer next.Stop()
	for {
		status, err := device.Fetch(ctx)
		switch {
		case err == nil && status.State == countersign.DeviceActive:
			return s.activated(ctx, d)
		case phone.CodeOf(err) == phone.DeviceUnknown:
			return s.died(context.WithoutCancel(ctx), d)
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &failure{exit: exitNoServer, code: "no-word", said: "The server gave no word within eleven minutes.", next: nextStatus}
			}
			return &failure{exit: exitFailed, code: "stopped", said: "Stopped waiting. This computer is not active yet.", next: nextStatus}
		}
	}
}

func (s *session) activated(ctx context.Context, d *vault.Device) error {
	d.State, d.Safety = countersign.DeviceActive, ""
	err := s.update(ctx, func(c *vault.Content) error {
		for i := range c.Devices {
			if c.Devices[i].Issuer == d.Issuer && c.Devices[i].ID == d.ID {
				c.Devices[i] = *d
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.say(saidEnrolled(shown(d.AccountName), hostOf(d.Issuer), shown(d.Name)), showDevice(d))
}

// died forgets a device that never became one.
func (s *session) died(ctx context.Context, d *vault.Device) error {
	if err := s.forget(ctx, d); err != nil {
		return err
	}
	return &failure{exit: exitOver, code: "enrolment-over", said: saidDiedBefore, next: nextDiedBefore}
}

func (s *session) forget(ctx context.Context, d *vault.Device) error {
	return s.update(ctx, func(c *vault.Content) error {
		for i := range c.Devices {
			if c.Devices[i].Issuer == d.Issuer && c.Devices[i].ID == d.ID {
				c.Devices = append(c.Devices[:i:i], c.Devices[i+1:]...)
				return nil
			}
		}
		return nil
	})
}

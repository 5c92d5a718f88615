package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/ceremony/enrolment"
)

type phoneCommands struct {
	Enrol   phoneEnrol   `cmd:"" help:"Print an enrolment address for an account's new phone. Its holder is told."`
	Confirm phoneConfirm `cmd:"" help:"Confirm an enrolment by the six digits that the phone shows."`
	List    phoneList    `cmd:"" help:"List an account's phones."`
	Remove  phoneRemove  `cmd:"" help:"Remove a phone. Its account's waiting requests end; its holder is told."`
}

var atTheHost = enrolment.Asker{Actor: admin.Operator}

type phoneShown struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Platform string `json:"platform"`
	Version  string `json:"version"`
	State    string `json:"state"`
	Added    string `json:"added"`
	Seen     string `json:"seen"`
}

func showPhones(devices []countersign.Device) []phoneShown {
	const form = "2006-01-02T15:04:05Z"
	out := make([]phoneShown, 0, len(devices))
	for _, d := range devices {
		out = append(out, phoneShown{d.ID, d.Name, string(d.Platform), d.Version, string(d.State), d.Created.UTC().Format(form), d.Seen.UTC().Format(form)})
	}
	return out
}

func phoneTable(w io.Writer, devices []countersign.Device) error {
	if len(devices) == 0 {
		_, err := fmt.Fprintln(w, "No phones.")
		return err
	}
	var rows [][]string
	for _, d := range devices {
		rows = append(rows, []string{d.ID, d.Name, string(d.Platform), string(d.State), shownTime(d.Seen)})
	}
	return table(w, "PHONE\tNAME\tPLATFORM\tSTATE\tLAST SEEN", rows)
}

type phoneEnrol struct {
	Account string `arg:"" help:"User name."`
	NoWait  bool   `help:"Print the address and stop; confirm later with 'phone confirm'."`
	JSON    bool   `help:"Print as JSON and stop."`
}

func (k *phoneEnrol) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Account, func(h houseOf, a countersign.Account) error {
		b, code, err := h.Enrolment.Open(ctx, a.ID, atTheHost)
		if err != nil {
			return err
		}
		address := h.Enrolment.Address(code)
		if k.JSON {
			return printJSON(p.stdout, struct {
				Binding string `json:"binding"`
				Address string `json:"address"`
				Code    string `json:"code"`
				Account string `json:"account"`
				Expires string `json:"expires"`
			}{b.ID, address, code, a.Name, b.Expires.UTC().Format("2006-01-02T15:04:05Z")})
		}
		fmt.Fprintf(p.stdout, "Enrolment address for %s, good for ten minutes and one phone:\n  %s\nTo type: %s\n", a.Name, address, enrolment.Grouped(code))
		if k.NoWait {
			fmt.Fprintf(p.stdout, "When the phone shows six digits:\n  countersignd admin phone confirm %s DIGITS\n", b.ID)
			return nil
		}
		lines := bufio.NewScanner(io.LimitReader(p.stdin, 4096))
		for {
			fmt.Fprint(p.stdout, "The six digits that the phone shows: ")
			if !lines.Scan() {
				fmt.Fprintf(p.stdout, "\nNothing was typed. Confirm later:\n  countersignd admin phone confirm %s DIGITS\n", b.ID)
				return lines.Err()
			}
			done, err := confirm(ctx, h, p, b.ID, strings.TrimSpace(lines.Text()))
			if done || (err != nil && !errors.Is(err, errAgain)) {
				return err
			}
			fmt.Fprintln(p.stdout, err)
		}
	})
}

// errAgain marks a confirmation that may be tried again.
var errAgain = errors.New("the phone is not added yet")

func confirm(ctx context.Context, h houseOf, p program, bindingID, typed string) (done bool, err error) {
	d, left, err := h.Enrolment.Confirm(ctx, bindingID, typed, atTheHost)
	switch {
	case err == nil:
		_, err = fmt.Fprintf(p.stdout, "%s is added. Its holder is told.\n", d.Name)
		return true, err
	case errors.Is(err, countersign.ErrWrong):
		return false, fmt.Errorf("%w: those are not the digits; tries left: %d", errAgain, left)
	case errors.Is(err, countersign.ErrMalformed):
		return false, fmt.Errorf("%w: six digits are needed", errAgain)
	case errors.Is(err, countersign.ErrOver):
		return false, errors.New("three wrong entries have ended this enrolment: begin a new one")
	case errors.Is(err, countersign.ErrNotFound):
		return false, fmt.Errorf("no enrolment %s waits for its digits: no phone has used the address yet, or it is over: %w", bindingID, err)
	}
	return false, err
}

type phoneConfirm struct {
	Binding string `arg:"" help:"The enrolment, as 'phone enrol' printed it."`
	Digits  string `arg:"" help:"The six digits that the phone shows."`
}

func (k *phoneConfirm) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	_, err = confirm(ctx, h, p, k.Binding, k.Digits)
	return err
}

type phoneList struct {
	Account string `arg:"" help:"User name."`
	JSON    bool   `help:"Print as JSON."`
}

func (k *phoneList) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Account, func(h houseOf, a countersign.Account) error {
		devices, err := h.Store.Devices(ctx, a.ID)
		if err != nil {
			return err
		}
		if k.JSON {
			return printJSON(p.stdout, showPhones(devices))
		}
		return phoneTable(p.stdout, devices)
	})
}

type phoneRemove struct {
	Account string `arg:"" help:"User name."`
	Phone   string `arg:"" help:"The phone's id, as 'phone list' prints it."`
}

func (k *phoneRemove) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Account, func(h houseOf, a countersign.Account) error {
		if err := h.Enrolment.Revoke(ctx, a.ID, k.Phone, atTheHost); err != nil {
			return fmt.Errorf("phone %q of %s: %w", k.Phone, a.Name, err)
		}
		_, err := fmt.Fprintf(p.stdout, "Removed. The holder of %s is told.\n", a.Name)
		return err
	})
}

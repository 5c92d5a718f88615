package main

import (
	"context"
	"fmt"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
)

type houseOf = *serve.House

type accountCommands struct {
	Create   accountCreate   `cmd:"" help:"Make an account. The password is the first line of standard input."`
	List     accountList     `cmd:"" help:"List accounts by name."`
	Show     accountShow     `cmd:"" help:"Show one account: state, phones, passcode apps."`
	Lock     accountLock     `cmd:"" help:"Lock an account: everything under way ends, nothing new begins."`
	Unlock   accountUnlock   `cmd:"" help:"End a lock."`
	Password accountPassword `cmd:"" help:"Give an account a new password, from standard input. Its sessions end; the person is told."`
	Delete   accountDelete   `cmd:"" help:"Remove an account with all that is its own. The audit log stays."`
}

type accountShown struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Display string `json:"display"`
	State   string `json:"state"`
	Role    string `json:"role"`
	Created string `json:"created"`
}

func showAccount(a countersign.Account) accountShown {
	return accountShown{a.ID, a.Name, a.Display, string(a.State), string(a.Role), a.Created.UTC().Format("2006-01-02T15:04:05Z")}
}

type accountCreate struct {
	Name    string `arg:"" help:"User name."`
	Display string `help:"Name as people read it." placeholder:"NAME"`
	Owner   bool   `help:"Make it an owner of this server."`
	JSON    bool   `help:"Print as JSON."`
}

func (k *accountCreate) Run(ctx context.Context, p program, c *commands) error {
	secret, err := readPassword(p)
	if err != nil {
		return err
	}
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	role := countersign.Person
	if k.Owner {
		role = countersign.Owner
	}
	a, err := h.Admin.CreateAccount(ctx, k.Name, k.Display, role, secret)
	if err != nil {
		return fmt.Errorf("account %q: %w", k.Name, passwordProblem(err))
	}
	if k.JSON {
		return printJSON(p.stdout, showAccount(a))
	}
	_, err = fmt.Fprintf(p.stdout, "Created %s (%s).\n", a.Name, a.ID)
	return err
}

type accountList struct {
	Prefix string `help:"Only names that begin so." placeholder:"TEXT"`
	After  string `help:"Go on after this name." placeholder:"NAME"`
	Limit  int    `help:"At most so many." default:"1000"`
	JSON   bool   `help:"Print as JSON."`
}

func (k *accountList) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	all, err := h.Admin.List(ctx, k.Prefix, k.After, k.Limit)
	if err != nil {
		return err
	}
	shown := make([]accountShown, 0, len(all))
	var rows [][]string
	for _, a := range all {
		shown = append(shown, showAccount(a))
		rows = append(rows, []string{a.Name, a.Display, string(a.State), string(a.Role), shownTime(a.Created)})
	}
	if k.JSON {
		return printJSON(p.stdout, shown)
	}
	return table(p.stdout, "NAME\tDISPLAY\tSTATE\tROLE\tCREATED", rows)
}

type accountShow struct {
	Name string `arg:"" help:"User name."`
	JSON bool   `help:"Print as JSON."`
}

func (k *accountShow) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Name, func(h houseOf, a countersign.Account) error {
		devices, err := h.Store.Devices(ctx, a.ID)
		if err != nil {
			return err
		}
		passcodes, err := h.Store.Passcodes(ctx, a.ID)
		if err != nil {
			return err
		}
		active := 0
		for _, pc := range passcodes {
			if pc.Active {
				active++
			}
		}
		if k.JSON {
			return printJSON(p.stdout, struct {
				accountShown
				Phones       []phoneShown `json:"phones"`
				PasscodeApps int          `json:"passcode_apps"`
			}{showAccount(a), showPhones(devices), active})
		}
		fmt.Fprintf(p.stdout, "%s (%s), %s, %s, since %s\n%d passcode apps\n", a.Name, a.Display, a.State, a.Role, shownTime(a.Created), active)
		return phoneTable(p.stdout, devices)
	})
}

type accountLock struct {
	Name string `arg:"" help:"User name."`
}

func (k *accountLock) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Name, func(h houseOf, a countersign.Account) error {
		if err := h.Admin.Lock(ctx, a.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Locked %s. Its sessions, sign-ins and waiting requests have ended.\n", a.Name)
		return err
	})
}

type accountUnlock struct {
	Name string `arg:"" help:"User name."`
}

func (k *accountUnlock) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Name, func(h houseOf, a countersign.Account) error {
		if err := h.Admin.Unlock(ctx, a.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Unlocked %s.\n", a.Name)
		return err
	})
}

type accountPassword struct {
	Name string `arg:"" help:"User name."`
}

func (k *accountPassword) Run(ctx context.Context, p program, c *commands) error {
	secret, err := readPassword(p)
	if err != nil {
		return err
	}
	return named(ctx, c, p, k.Name, func(h houseOf, a countersign.Account) error {
		if err := h.Password.Set(ctx, a.ID, "", admin.Operator, "", secret); err != nil {
			return passwordProblem(err)
		}
		_, err := fmt.Fprintf(p.stdout, "%s has a new password. Its sessions have ended, and its holder is told.\n", a.Name)
		return err
	})
}

type accountDelete struct {
	Name string `arg:"" help:"User name."`
	Yes  bool   `help:"Do not ask."`
}

func (k *accountDelete) Run(ctx context.Context, p program, c *commands) error {
	return named(ctx, c, p, k.Name, func(h houseOf, a countersign.Account) error {
		if !k.Yes {
			return fmt.Errorf("%w: this removes %s with its phones and passcode apps; add --yes", errUsage, a.Name)
		}
		if err := h.Admin.Delete(ctx, a.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Deleted %s.\n", a.Name)
		return err
	})
}

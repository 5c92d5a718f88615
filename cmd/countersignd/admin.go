package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/password"
)

type adminCommands struct {
	Account accountCommands `cmd:"" help:"People: create, list, show, lock, unlock, delete, set a password."`
	Client  clientCommands  `cmd:"" help:"Relying parties: create, list, show, delete."`
	Phone   phoneCommands   `cmd:"" help:"Phones: enrol, confirm, list, remove."`
	Audit   auditCommands   `cmd:"" help:"The audit log: list, verify."`
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// table prints rows in columns.
func table(w io.Writer, header string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, header)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}

func shownTime(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// readPassword takes the first line of standard input: a password on the
// command line would stand in the shell's history and in the process list.
func readPassword(p program) (countersign.Secret, error) {
	line, err := bufio.NewReader(io.LimitReader(p.stdin, password.MostBytes+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return countersign.Secret{}, err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return countersign.Secret{}, fmt.Errorf("%w: the password is read from standard input, and there was none", errUsage)
	}
	return countersign.NewSecret([]byte(line)), nil
}

func passwordProblem(err error) error {
	switch {
	case errors.Is(err, password.ErrTooShort):
		return fmt.Errorf("%w: the password needs at least %d characters", errUsage, password.FewestRunes)
	case errors.Is(err, password.ErrTooLong):
		return fmt.Errorf("%w: the password has over %d bytes", errUsage, password.MostBytes)
	}
	return err
}

// named finds an account by its name, and says the name when there is none.
func named(ctx context.Context, c *commands, p program, name string, act func(h houseOf, a countersign.Account) error) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	a, err := h.Admin.Account(ctx, name)
	if errors.Is(err, countersign.ErrNotFound) {
		return fmt.Errorf("account %q: %w", name, err)
	}
	if err != nil {
		return err
	}
	return act(h, a)
}

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
)

// errChecked marks a check that found something wrong.
var errChecked = errors.New("the check failed")

type auditCommands struct {
	List   auditList   `cmd:"" help:"List events, oldest first."`
	Verify auditVerify `cmd:"" help:"Verify the whole chain; names the first row that was changed, removed or moved."`
}

type auditShown struct {
	Seq     int64             `json:"seq"`
	At      string            `json:"at"`
	Kind    string            `json:"kind"`
	Account string            `json:"account,omitempty"`
	Actor   string            `json:"actor"`
	Subject string            `json:"subject,omitempty"`
	Address string            `json:"address,omitempty"`
	Detail  map[string]string `json:"detail,omitempty"`
	Hash    string            `json:"hash"`
}

func showAudit(r countersign.AuditRow) auditShown {
	return auditShown{r.Seq, r.At.UTC().Format("2006-01-02T15:04:05.000Z"), r.Kind, r.AccountID, r.Actor, r.Subject, r.Address, r.Detail, hex.EncodeToString(r.Hash)}
}

type auditList struct {
	Account string `help:"Only of this account." placeholder:"NAME"`
	Kind    string `help:"Only events of this kind, such as approval.denied." placeholder:"KIND"`
	After   int64  `help:"Go on after this row." placeholder:"SEQ"`
	Limit   int    `help:"At most so many." default:"1000"`
	JSON    bool   `help:"Print as JSON."`
}

func (k *auditList) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	query := store.AuditQuery{Kind: k.Kind, After: k.After, Limit: k.Limit}
	if k.Account != "" {
		a, err := h.Admin.Account(ctx, k.Account)
		if err != nil {
			return fmt.Errorf("account %q: %w", k.Account, err)
		}
		query.AccountID = a.ID
	}
	rows, err := h.Store.AuditEvents(ctx, query)
	if err != nil {
		return err
	}
	if k.JSON {
		shown := make([]auditShown, 0, len(rows))
		for _, r := range rows {
			shown = append(shown, showAudit(r))
		}
		return printJSON(p.stdout, shown)
	}
	var lines [][]string
	for _, r := range rows {
		var detail []string
		for _, name := range slices.Sorted(maps.Keys(r.Detail)) {
			detail = append(detail, name+"="+r.Detail[name])
		}
		lines = append(lines, []string{fmt.Sprint(r.Seq), shownTime(r.At), r.Kind, r.Actor, r.Subject, r.Address, strings.Join(detail, " ")})
	}
	return table(p.stdout, "ROW\tWHEN\tWHAT\tWHO\tON WHAT\tFROM\tDETAIL", lines)
}

type auditVerify struct {
	JSON bool `help:"Print as JSON."`
}

func (k *auditVerify) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	rows, bad, reason, err := h.Store.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	shown := struct {
		Rows   int64       `json:"rows"`
		Good   bool        `json:"good"`
		Bad    *auditShown `json:"bad,omitempty"`
		Reason string      `json:"reason,omitempty"`
	}{Rows: rows, Good: bad == nil && reason == "", Reason: reason}
	if bad != nil {
		row := showAudit(*bad)
		shown.Bad = &row
	}
	if k.JSON {
		if err := printJSON(p.stdout, shown); err != nil {
			return err
		}
	} else if shown.Good {
		fmt.Fprintf(p.stdout, "The audit log is whole: %d rows.\n", rows)
	}
	if shown.Good {
		return nil
	}
	if bad != nil {
		return fmt.Errorf("%w: row %d (%s, %s): %s", errChecked, bad.Seq, shownTime(bad.At), bad.Kind, reason)
	}
	return fmt.Errorf("%w: %s", errChecked, reason)
}

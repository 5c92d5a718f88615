package conformance

import (
	"fmt"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
)

func auditOf(accountID string) store.AuditQuery { return store.AuditQuery{AccountID: accountID} }

// auditFails makes the audit log refuse one kind of event; every verb's act
// must then not have happened, and its neighbours' in the batch have.
func auditFails(w *world) {
	a := w.account("mara")
	d, p := w.device(a.ID), w.passcode(a.ID)
	r := w.asked(a.ID)
	in := w.signIn(a.ID)
	w.prove(in)
	session := w.session(a.ID)
	client := w.client().ID
	b := w.binding(a.ID, "session")

	kinds := []string{"approval.approved", "approval.denied", "approval.number-wrong", "passcode.proved", "passcode.spent-again", "signin.finished", "binding.claimed", "grant.redeemed", "device.removed", "account.locked"}
	list := "'" + strings.Join(kinds, "', '") + "'"
	if w.place.Numbered {
		w.damage("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the log is full''; END'")
		w.damage("CREATE TRIGGER refuse BEFORE INSERT ON audit FOR EACH ROW WHEN (NEW.kind IN (" + list + ")) EXECUTE FUNCTION refuse()")
	} else {
		w.damage("CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN NEW.kind IN (" + list + ") BEGIN SELECT RAISE(ABORT, 'the log is full'); END")
	}
	before := w.everything()
	acts := []func() error{
		func() error { _, err := w.decide(r, d.ID, countersign.Approve, "47"); return err },
		func() error { _, err := w.decide(r, d.ID, countersign.Deny, "-"); return err },
		func() error { _, err := w.decide(r, d.ID, countersign.Approve, "00"); return err },
		func() error { return w.spend(in, p.ID, 300) },
		func() error { return w.spend(in, p.ID, 100) },
		func() error { return w.finish(in, w.newSession(a.ID)) },
		func() error { return w.claim(b, w.newDevice()) },
		func() error { return w.redeem(w.newGrant(client, session)) },
		func() error {
			return w.s.RevokeDevice(w.ctx, a.ID, d.ID, w.now, w.event("device.removed", a.ID), w.notice(countersign.NoticeDeviceRemoved, a.ID))
		},
		func() error {
			return w.s.SetAccountState(w.ctx, a.ID, countersign.AccountLocked, w.now, w.event("account.locked", a.ID))
		},
	}
	for i, act := range acts {
		w.wants(fmt.Sprintf("alone, act %d", i), act(), countersign.ErrUnavailable)
	}
	if after := w.everything(); after != before {
		w.Errorf("acts that were not audited left traces:\n%s\nbefore:\n%s", after, before)
	}
	// Together, with acts between them that can be audited.
	errs := together(64, func(i int) error {
		if i%2 == 0 {
			other := w.owner(fmt.Sprint("other", i))
			return w.s.CreateAccount(w.ctx, other, w.event("account.created", other.ID))
		}
		return acts[i/2%len(acts)]()
	})
	w.tally("together", errs, map[error]int{nil: 32, countersign.ErrUnavailable: 32})
	if n, err := w.s.CountAccounts(w.ctx); err != nil || n != 33 {
		w.Errorf("%d accounts, %v, want 33", n, err)
	}
	w.damage("DELETE FROM account WHERE id <> ?", a.ID)
	if after := w.everything(); after != before {
		w.Errorf("acts that were not audited left traces beside others:\n%s\nbefore:\n%s", after, before)
	}
	w.sound()
}

// everything is the state of all rows but the audit log's, in a form to compare.
func (w *world) everything() string {
	w.Helper()
	var b strings.Builder
	for _, table := range []string{"account", "approval", "signin", "session", "passcode", "device", "binding", "grant_given", "throttle", "notice", "browser"} {
		for _, row := range w.dump(table) {
			b.WriteString(table + ": " + row + "\n")
		}
	}
	return b.String()
}

// dump reads a whole table past the store.
func (w *world) dump(table string) []string {
	w.Helper()
	rows, err := w.place.Database.QueryContext(w.ctx, "SELECT * FROM "+table+" ORDER BY 1, 2")
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	var out []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		w.must(rows.Scan(values...))
		var b strings.Builder
		for i := range values {
			switch v := (*values[i].(*any)).(type) {
			case []byte:
				fmt.Fprintf(&b, "%s=%q ", columns[i], v)
			default:
				fmt.Fprintf(&b, "%s=%v ", columns[i], v)
			}
		}
		out = append(out, b.String())
	}
	w.must(rows.Err())
	return out
}

func auditDamaged(w *world) {
	for range 5 {
		w.asked(w.account(newID()).ID) // three events each
	}
	if rows, bad, reason, err := w.s.VerifyAudit(w.ctx); rows != 15 || bad != nil || reason != "" || err != nil {
		w.Fatalf("untouched: %d, %v, %q, %v", rows, bad, reason, err)
	}
	kept := w.dump("audit")
	for _, tt := range []struct {
		claim string
		row   int64
		do    []string
		undo  []string
	}{
		{"an edited kind", 4, []string{"UPDATE audit SET kind = kind || '!' WHERE seq = 4"}, []string{"UPDATE audit SET kind = SUBSTR(kind, 1, LENGTH(kind) - 1) WHERE seq = 4"}},
		{"an edited address", 7, []string{"UPDATE audit SET address = '203.0.113.1' WHERE seq = 7"}, []string{"UPDATE audit SET address = '192.0.2.7' WHERE seq = 7"}},
		{"an edited time", 15, []string{"UPDATE audit SET at = at + 1 WHERE seq = 15"}, []string{"UPDATE audit SET at = at - 1 WHERE seq = 15"}},
		{"an edited detail", 2, []string{"UPDATE audit SET detail = '{' WHERE seq = 2"}, []string{`UPDATE audit SET detail = '{"a":"1","b":"2"}' WHERE seq = 2`}},
		{"a value moved from one column to the next", 3, []string{"UPDATE audit SET actor = 'tes', subject = 'tsubject' WHERE seq = 3"}, []string{"UPDATE audit SET actor = 'test', subject = 'subject' WHERE seq = 3"}},
		{"a removed row", 5, []string{"CREATE TABLE aside AS SELECT * FROM audit WHERE seq = 5", "DELETE FROM audit WHERE seq = 5"}, []string{"INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside"}},
		{"the first row removed", 1, []string{"CREATE TABLE aside AS SELECT * FROM audit WHERE seq = 1", "DELETE FROM audit WHERE seq = 1"}, []string{"INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside"}},
		{"a removed row, the gap closed", 5, []string{"CREATE TABLE aside AS SELECT * FROM audit", "DELETE FROM audit WHERE seq >= 5", "INSERT INTO audit SELECT seq - 1, at, kind, account_id, actor, subject, address, detail, hash FROM aside WHERE seq > 5"},
			[]string{"DELETE FROM audit", "INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside"}},
		{"two rows exchanged", 8, []string{"UPDATE audit SET seq = -9 WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 8", "UPDATE audit SET seq = 8 WHERE seq = -9"},
			[]string{"UPDATE audit SET seq = -9 WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 8", "UPDATE audit SET seq = 8 WHERE seq = -9"}},
		{"the last rows removed", 14, []string{"CREATE TABLE aside AS SELECT * FROM audit WHERE seq > 13", "DELETE FROM audit WHERE seq > 13"}, []string{"INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside"}},
		{"all rows removed", 1, []string{"CREATE TABLE aside AS SELECT * FROM audit", "DELETE FROM audit"}, []string{"INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside"}},
		{"the last rows removed, the head's number too", 13, []string{"CREATE TABLE aside AS SELECT * FROM audit WHERE seq > 13", "DELETE FROM audit WHERE seq > 13", "UPDATE audit_head SET seq = 13"}, []string{"INSERT INTO audit SELECT * FROM aside", "DROP TABLE aside", "UPDATE audit_head SET seq = 15"}},
		{"a row added at the end", 16, []string{"INSERT INTO audit SELECT 16, at, kind, account_id, actor, subject, address, detail, hash FROM audit WHERE seq = 15"}, []string{"DELETE FROM audit WHERE seq = 16"}},
		{"a row added before the first", 0, []string{"INSERT INTO audit SELECT 0, at, kind, account_id, actor, subject, address, detail, hash FROM audit WHERE seq = 1"}, []string{"DELETE FROM audit WHERE seq = 0"}},
	} {
		for _, q := range tt.do {
			w.damage(q)
		}
		rows, bad, reason, err := w.s.VerifyAudit(w.ctx)
		if err != nil || bad == nil || bad.Seq != tt.row || reason == "" || rows > tt.row {
			w.Errorf("%s: named row %+v after %d good ones, %q, %v; want row %d", tt.claim, bad, rows, reason, err, tt.row)
		}
		for _, q := range tt.undo {
			w.damage(q)
		}
	}
	if now := w.dump("audit"); strings.Join(now, "\n") != strings.Join(kept, "\n") {
		w.Fatal("the damage was not undone")
	}
	w.sound()
	// The chain goes on, also from another process.
	w.reopened().account("otto")
	w.account("olga")
	w.sound()
}

func auditListed(w *world) {
	a, other := w.account("mara"), w.account("otto")
	w.asked(a.ID)
	w.asked(other.ID)
	for _, tt := range []struct {
		claim string
		query store.AuditQuery
		want  string
	}{
		{"all", store.AuditQuery{}, "[1 2 3 4 5 6]"},
		{"after a row", store.AuditQuery{After: 2, Limit: 2}, "[3 4]"},
		{"of an account", store.AuditQuery{AccountID: a.ID}, "[1 3 4]"},
		{"of a kind", store.AuditQuery{Kind: "approval.asked"}, "[4 6]"},
		{"of both", store.AuditQuery{AccountID: other.ID, Kind: "approval.asked", Limit: 10}, "[6]"},
		{"of nobody", store.AuditQuery{AccountID: newID()}, "[]"},
	} {
		rows, err := w.s.AuditEvents(w.ctx, tt.query)
		w.must(err)
		seqs := []int64{}
		for _, row := range rows {
			seqs = append(seqs, row.Seq)
		}
		if got := fmt.Sprint(seqs); got != tt.want {
			w.Errorf("%s: got %s, want %s", tt.claim, got, tt.want)
		}
	}
	rows, err := w.s.AuditEvents(w.ctx, store.AuditQuery{Limit: 1})
	w.must(err)
	want := w.event("account.created", a.ID)
	if got := rows[0]; got.Kind != want.Kind || got.AccountID != a.ID || got.Actor != want.Actor || got.Subject != want.Subject || got.Address != want.Address || !got.At.Equal(want.At) || fmt.Sprint(got.Detail) != fmt.Sprint(want.Detail) || len(got.Hash) != 32 {
		w.Errorf("got %+v, want %+v", got, want)
	}
}

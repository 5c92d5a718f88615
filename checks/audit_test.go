package checks

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestM1AnActThatCannotBeAuditedDoesNotHappen(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		b := approved(s, "mara", d)
		page := asking(s, "mara")
		r, number := waiting(t, d), page.number()
		s.account("one")
		ready := newBrowser(s).begin("one").password(goodPassword)
		db := s.beside()
		repair := "DROP TRIGGER full_disk"
		if s.isPostgres() {
			run(t, db, "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$ LANGUAGE plpgsql",
				"CREATE TRIGGER full_disk BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk()")
			repair += " ON audit"
		} else {
			run(t, db, "CREATE TRIGGER full_disk BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
		}
		for path, fields := range map[string]url.Values{
			"/security/password": {"new": {"another battery here"}, "again": {"another battery here"}}, "/security/phones": {}, "/security/phones/" + d.ID + "/remove": {},
			"/security/passcodes": {"name": {"Codes"}}, "/security/sessions/end-all": {}, "/signin": {"name": {"mara"}, "return_to": {""}, "client": {""}},
		} {
			if got := b.once("POST", path, fields); got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "disk") || got.header.Get("Retry-After") == "" {
				t.Errorf("%s without an audit log was answered %d; want 503, and when to come back", path, got.status)
			}
		}
		if got := ready.once("POST", ready.where.Path+"/finish", url.Values{}); got.status != http.StatusServiceUnavailable || len(got.header.Values("Set-Cookie")) != 0 {
			t.Errorf("finishing without an audit log was answered %d; want 503 and no cookie", got.status)
		}
		if got := s.post(r.ID, body(d.ID, countersign.Approve, number, signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, number))))); !got.is(503, "unavailable") {
			t.Errorf("approving without an audit log was answered %+v; want 503", got)
		}
		run(t, db, repair)
		if state := s.state(r.ID); state != countersign.ApprovalPending {
			t.Errorf("the request is %s; want pending", state)
		}
		if d, n := s.devices(a.ID), s.sessions(a.ID); len(d) != 1 || n != 2 {
			t.Errorf("%d phones and %d sessions; want the one and the two there were", len(d), n)
		}
		// All of it works again, with the password that was not changed.
		if state, code := decide(d, r, countersign.Approve, number); state != countersign.ApprovalApproved {
			t.Errorf("afterwards approving gave %q, %q", state, code)
		}
		if !approved(s, "mara", d).signedIn() || !ready.finish().signedIn() {
			t.Error("afterwards nobody signs in")
		}
		if _, bad, reason, err := s.Store.VerifyAudit(t.Context()); bad != nil || reason != "" || err != nil {
			t.Errorf("the chain is broken at %+v: %s, %v", bad, reason, err)
		}
	})
}

func TestM1TheAuditLogNamesTheRowThatWasTouched(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, name := range []string{"mara", "otto"} {
			s.account(name)
			newBrowser(s).begin(name).password(goodPassword).finish()
		}
		if rows, bad, reason, err := s.Store.VerifyAudit(t.Context()); rows < 7 || bad != nil || reason != "" || err != nil {
			t.Fatalf("untouched: %d rows, %v, %q, %v", rows, bad, reason, err)
		}
		db := s.beside()
		run(t, db, "CREATE TABLE kept AS SELECT * FROM audit")
		for claim, damage := range map[string][]string{
			"edited":    {"UPDATE audit SET actor = 'operator' WHERE seq = 5"},
			"deleted":   {"DELETE FROM audit WHERE seq = 5"},
			"reordered": {"UPDATE audit SET seq = -1 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 6", "UPDATE audit SET seq = 6 WHERE seq = -1"},
			"truncated": {"DELETE FROM audit WHERE seq >= 5"},
		} {
			run(t, db, damage...)
			if rows, bad, reason, err := s.Store.VerifyAudit(t.Context()); err != nil || reason == "" || bad == nil || bad.Seq != 5 || rows != 4 {
				t.Errorf("%s: it names %+v after %d good rows (%q, %v); want row 5 after 4", claim, bad, rows, reason, err)
			}
			run(t, db, "DELETE FROM audit", "INSERT INTO audit SELECT * FROM kept")
			if _, bad, reason, err := s.Store.VerifyAudit(t.Context()); bad != nil || reason != "" || err != nil {
				t.Fatalf("put back: %v, %q, %v", bad, reason, err)
			}
		}
	})
}

func TestM3AStrangerWhoComesFirstDoesNotOwnTheServer(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		try := func(code, name string) answer {
			return newBrowser(s).once("POST", "/setup", url.Values{"code": {code}, "name": {name}, "new": {goodPassword}, "again": {goodPassword}})
		}
		wrong := "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
		for _, code := range []string{"", "0", s.SetupCode[:18], wrong, wrong, wrong, wrong, wrong, wrong, wrong} {
			if got := try(code, "eve"); !strings.Contains(got.to(), "said=setup-wrong") {
				t.Errorf("the set-up code %q was answered %d %s", code, got.status, got.to())
			}
		}
		if got := try(s.SetupCode, "eve"); !strings.Contains(got.to(), "said=setup-throttled") {
			t.Errorf("after ten wrong codes the right one was answered %d %s; want it refused until the next start", got.status, got.to())
		}
		code, err := s.Admin.BeginSetup(t.Context()) // what the next start shows on the console
		if err != nil || code == "" || code == s.SetupCode {
			t.Fatalf("the next start shows %q, %v", code, err)
		}
		if got := try(s.SetupCode, "eve"); !strings.Contains(got.to(), "said=setup-wrong") {
			t.Errorf("the code of an earlier start was answered %d %s", got.status, got.to())
		}
		answers := race(16, func(i int) answer { return try(code, fmt.Sprintf("owner%02d", i)) })
		if n := count(answers, func(a answer) bool { return strings.Contains(a.to(), "said=setup-done") }); n != 1 {
			t.Errorf("the code made %d owners; want one", n)
		}
		all, err := s.Admin.List(t.Context(), "", "", 100)
		if err != nil || len(all) != 1 || all[0].Role != countersign.Owner {
			t.Errorf("the accounts are %+v, %v; want one owner", all, err)
		}
		if got := try(code, "eve"); got.status != http.StatusNotFound {
			t.Errorf("setting up twice was answered %d; want 404", got.status)
		}
		if got := newBrowser(s).get("/setup"); got.status != http.StatusNotFound {
			t.Errorf("the set-up page was answered %d afterwards; want 404", got.status)
		}
		if code, err := s.Admin.BeginSetup(t.Context()); err != nil || code != "" {
			t.Errorf("with an owner the next start shows a code: %q, %v", code, err)
		}
	})
}

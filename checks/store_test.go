package checks

import (
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
	"github.com/countersign-id/countersign/gateway"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"
)

// beside opens a database past the server: to look, and to do damage.
func beside(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver := "pgx"
	if !strings.HasPrefix(address, "postgres") {
		driver, address = "sqlite3", "file:"+address+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func (s *server) isPostgres() bool { return s.Config.Database != "" }

func (s *server) beside() *sql.DB { s.t.Helper(); return beside(s.t, s.Config.StoreURL()) }

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// open starts a house on a folder and closes it at once.
func open(t *testing.T, folder, database string) error {
	t.Helper()
	c := serve.Defaults()
	c.Folder, c.Database = folder, database
	h, err := serve.Open(t.Context(), c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return err
	}
	return h.Close()
}

func TestL6ANewerSchemaIsLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		db := s.beside()
		run(t, db, "UPDATE schema_version SET version = 999")
		if err := open(t, s.folder, s.Config.Database); !errors.Is(err, countersign.ErrSchemaNewer) || !strings.Contains(err.Error(), "999") {
			t.Errorf("a newer schema opens: %v", err)
		}
		var version int
		if err := db.QueryRow("SELECT version FROM schema_version").Scan(&version); err != nil || version != 999 {
			t.Errorf("the newer schema was changed to %d, %v", version, err)
		}
	})
}

func TestL6AMigrationThatWasCutOffIsDoneAgain(t *testing.T) {
	text, err := os.ReadFile("../store/migrations/0001_first.sql")
	if err != nil {
		t.Fatal(err)
	}
	statements := strings.Split(string(text), ";\n")
	for cut := 1; cut < len(statements); cut += 11 {
		folder := t.TempDir()
		db := beside(t, filepath.Join(folder, "countersign.db"))
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range append([]string{"PRAGMA journal_mode=wal", "BEGIN IMMEDIATE"}, statements[:cut]...) {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := conn.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		// The process dies here: nobody says COMMIT.
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
		if err := open(t, folder, ""); err != nil {
			t.Errorf("cut off after %d statements, the database does not open: %v", cut, err)
		}
	}
}

// stop takes the database away from under the server; back, where there is
// one, gives it back.
func (s *server) stop() (back func()) {
	s.t.Helper()
	if !s.isPostgres() {
		if err := s.Store.Close(); err != nil {
			s.t.Fatal(err)
		}
		return nil // a closed file is opened again by a new start
	}
	at, err := url.Parse(s.Config.Database)
	if err != nil {
		s.t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	admin := beside(s.t, at.String())
	run(s.t, admin, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	return func() { run(s.t, admin, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true") }
}

func TestL3AStoppedDatabaseIsSaidAndLeavesNothingHalf(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, _, d := phoneFor(s, "mara")
		b := approved(s, "mara", d)
		page := asking(s, "mara")
		r, number := waiting(t, d), page.number()
		kept := body(d.ID, countersign.Approve, number, signed(t, d.Key, textOf(t, stated(d, r, countersign.Approve, number))))
		s.account("one")
		ready := newBrowser(s).begin("one").password(goodPassword)
		client, secret := s.party("https://payroll.example.org/callback")
		f := newFlow(s, client, secret)
		b.get(f.address())
		code := b.where.Query().Get("code")

		back := s.stop()
		for what, got := range map[string]answer{
			"a page":       b.once("GET", "/security", nil),
			"a sign-in":    newBrowser(s).once("POST", "/signin", url.Values{"name": {"mara"}, "return_to": {""}, "client": {""}}),
			"finishing":    ready.once("POST", ready.where.Path+"/finish", url.Values{}),
			"the password": b.once("POST", "/security/password", url.Values{"new": {"another battery here"}, "again": {"another battery here"}}),
			"readiness":    b.once("GET", "/readyz", nil),
		} {
			if got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "goroutine") || strings.Contains(got.body, "sql") || strings.Contains(strings.Join(got.header.Values("Set-Cookie"), ""), gateway.SessionCookie+"=") {
				t.Errorf("without a database %s was answered %d\n%s", what, got.status, got.body)
			}
		}
		if got := s.post(r.ID, kept); !got.is(503, "unavailable") {
			t.Errorf("without a database a decision was answered %+v; want 503 unavailable", got)
		}
		if got := f.exchange(code, nil); got.status != 503 || got.Access != "" {
			t.Errorf("without a database a code was answered %d", got.status)
		}
		if got := newBrowser(s).get("/healthz"); got.status != http.StatusOK {
			t.Errorf("the process itself was answered %d", got.status)
		}
		if back == nil {
			return
		}
		back()
		if got := s.post(r.ID, kept); got.status != 200 || got.State != countersign.ApprovalApproved {
			t.Errorf("once it is back the same decision was answered %+v; want 200", got)
		}
		if got := f.exchange(code, nil); got.status != 200 {
			t.Errorf("once it is back the code was answered %d %s", got.status, got.Error)
		}
		if n := s.sessions(a.ID); n != 2 || !ready.finish().signedIn() {
			t.Errorf("%d sessions of the account; want the two there were", n)
		}
		if !approved(s, "mara", d).signedIn() {
			t.Error("once it is back nobody signs in with the password there was")
		}
		if _, bad, reason, err := s.Store.VerifyAudit(t.Context()); bad != nil || reason != "" || err != nil {
			t.Errorf("the chain is broken at %+v: %s, %v", bad, reason, err)
		}
	})
}

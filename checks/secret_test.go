package checks

import (
	"bytes"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/phone"
	"github.com/countersign-id/countersign/store"
)

// cell is one value of the database.
type cell struct {
	place string // table.column
	value []byte
	text  bool // text or bytes: a number's digits are no place for a secret
}

// dump is every value of every table.
func (s *server) dump(db *sql.DB) []cell {
	s.t.Helper()
	query := "SELECT name FROM sqlite_schema WHERE type = 'table'"
	if s.isPostgres() {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var tables []string
	s.each(db, query, func(_ []string, values []any) { tables = append(tables, fmt.Sprintf("%s", values[0])) })
	var cells []cell
	for _, table := range tables {
		s.each(db, "SELECT * FROM "+table, func(columns []string, values []any) {
			for i, v := range values {
				c := cell{place: table + "." + columns[i], text: true}
				switch v := v.(type) {
				case []byte:
					c.value = bytes.Clone(v)
				case string:
					c.value = []byte(v)
				default:
					c.value, c.text = fmt.Append(nil, v), false
				}
				cells = append(cells, c)
			}
		})
	}
	return cells
}

func (s *server) each(db *sql.DB, query string, row func(columns []string, values []any)) {
	s.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			s.t.Fatal(err)
		}
		row(columns, values)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
}

// spellings are the forms in which a secret could leak.
func spellings(secret string) [][]byte {
	all := [][]byte{[]byte(secret), []byte(url.QueryEscape(secret)), []byte(hex.EncodeToString([]byte(secret))),
		[]byte(base64.StdEncoding.EncodeToString([]byte(secret))), []byte(base64.RawURLEncoding.EncodeToString([]byte(secret)))}
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && len(raw) >= 16 {
		all = append(all, raw, []byte(hex.EncodeToString(raw)))
	}
	return all
}

// leak is where one of the spellings of a secret stands, or "".
func leak(secret string, cells []cell, files map[string][]byte) string {
	for _, form := range spellings(secret) {
		for name, text := range files {
			if bytes.Contains(text, form) {
				return name
			}
		}
		for _, c := range cells {
			if bytes.Contains(c.value, form) {
				return c.place
			}
		}
	}
	return ""
}

// canaries goes the whole way and returns every secret met on it, with the
// number that a page showed.
func canaries(s *server) (secrets map[string]string, number string) {
	t := s.t
	secrets = map[string]string{"the set-up code": s.SetupCode, "the password": goodPassword, "a wrong password": "nine-canaries-typed-wrong"}
	b := newBrowser(s)
	keep := func(when string) {
		for _, c := range b.http.Jar.Cookies(s.at("/")) {
			value := c.Value
			if _, code, found := strings.Cut(value, "."); found {
				value = code // an id stands before the binding code
			}
			secrets["the cookie "+c.Name+" "+when] = value
		}
	}
	b.get("/setup").submit("/setup", map[string]string{"code": s.SetupCode, "name": "mara", "new": goodPassword, "again": goodPassword})
	b.begin("mara")
	keep("on the way")
	b.password(goodPassword).finish()
	keep("signed in")
	b.get("/security").submit("/security/phones", nil)
	keep("with a binding code")
	code := codeShown.FindStringSubmatch(b.shown)[1]
	secrets["the binding code"], secrets["the binding code as read"], secrets["the binding code in small"] = code, enrolment.Grouped(code), strings.ToLower(code)
	e := claim(b, "Pixel 9")
	b.get(b.where.Path).submit("/confirm", map[string]string{"safety": e.Safety})
	if state, problem := decide(e.Device, waiting(t, e.Device), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
		t.Fatalf("the test approval gave %q, %q", state, problem)
	}
	client, secret := s.party("https://payroll.example.org/callback")
	f := newFlow(s, client, secret)
	b = newBrowser(s)
	b.get(f.address()).submit("/signin", map[string]string{"name": "mara"})
	b.password(secrets["a wrong password"]).password(goodPassword)
	number = b.number()
	keep("of a party")
	r := waiting(t, e.Device)
	if _, code := decide(e.Device, r, countersign.Approve, other(number)); code != phone.NumberWrong {
		t.Fatalf("a wrong number gave %q", code)
	}
	if state, code := decide(e.Device, r, countersign.Approve, number); state != countersign.ApprovalApproved {
		t.Fatalf("approving gave %q, %q", state, code)
	}
	b.get(b.where.Path).finish()
	keep("signed in with two")
	secrets["the client's secret"], secrets["the verifier"], secrets["the authorization code"] = secret, f.verifier, b.where.Query().Get("code")
	granted := f.exchange(secrets["the authorization code"], nil)
	secrets["the access token"], secrets["the ID token"] = granted.Access, granted.IDToken
	if f.userinfo(granted.Access) != http.StatusOK || f.userinfo(granted.Access+"x") != http.StatusUnauthorized {
		t.Error("the access token does not count, or another does")
	}
	seed := withPasscode(b).Secret.Reveal()
	secrets["the seed"], secrets["the seed as shown"] = string(seed), base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed)
	return secrets, number
}

func TestK1NoSecretIsInTheLogOrTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		secrets, number := canaries(s)
		s.settle()
		cells := s.dump(s.beside())
		files := map[string][]byte{"the log": []byte(s.logged.String())}
		if !s.isPostgres() {
			for _, name := range []string{s.Config.StoreURL(), s.Config.StoreURL() + "-wal"} {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				files[filepath.Base(name)] = text
			}
		}
		for what, secret := range secrets {
			if len(secret) < 16 {
				t.Errorf("%s was not caught: %q", what, secret)
			} else if place := leak(secret, cells, files); place != "" {
				t.Errorf("%s is in %s", what, place)
			}
		}
		// The number is where the page reads it, and nowhere else.
		found := 0
		for _, c := range cells {
			if !c.text || !bytes.Contains(c.value, []byte(number)) {
				continue
			}
			if found++; c.place != "approval.number" {
				t.Errorf("the number is in %s: %q", c.place, c.value)
			}
		}
		if found != 1 || bytes.Contains(files["the log"], []byte(number)) {
			t.Errorf("the number stands in %d rows; want one, and never in the log", found)
		}
		// The search does find what is there.
		a, err := s.Admin.Account(t.Context(), "mara")
		if err != nil || leak(a.ID, cells, nil) == "" || !s.isPostgres() && leak(a.ID, nil, files) == "" {
			t.Errorf("the search finds nothing (%v)", err)
		}
	})
}

func TestK2ASeedCopiedToAnotherAccountOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		s.stopClock(midStep)
		_, mine := codesFor(s, "eve")
		victim, _ := codesFor(s, "mara")
		run(t, s.beside(), "UPDATE passcode SET secret = (SELECT p.secret FROM passcode p JOIN account a ON a.id = p.account_id WHERE a.name = 'eve') WHERE account_id = '"+victim.ID+"'")
		s.advance(30 * time.Second)
		b := newBrowser(s).begin("mara")
		got := b.once("POST", "/signin/"+b.attempt()+"/passcode", url.Values{"code": {codeAt(s, mine, 0)}})
		if got.status < 500 || strings.Contains(got.body, "goroutine") {
			t.Errorf("a copied seed's code was answered %d to %q; want the server to refuse to read the row", got.status, got.to())
		}
		if s.events(victim.ID, "passcode.proved") != 0 {
			t.Error("a copied seed proved something")
		}
	})
}

func TestK2ADatabaseWithoutItsKeyFileIsRefused(t *testing.T) {
	mine, others := t.TempDir(), t.TempDir()
	if err := errors.Join(open(t, mine, ""), open(t, others, "")); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(mine, "keys.json")
	good, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(others, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := open(t, mine, ""); !errors.Is(err, store.ErrKeyFile) {
		t.Errorf("without its key file it opens: %v", err)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a new key file was made beside an old database")
	}
	for claim, text := range map[string][]byte{"another server's": foreign, "a cut": good[:len(good)-20], "an empty": {}} {
		if err := os.WriteFile(key, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := open(t, mine, ""); err == nil {
			t.Errorf("with %s key file it opens", claim)
		}
	}
	if err := os.WriteFile(key, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, mine, ""); err != nil {
		t.Errorf("with its key file back it does not open: %v", err)
	}
}

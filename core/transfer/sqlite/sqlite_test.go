package sqlite

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestRowsComeInTheirOrder(t *testing.T) {
	b := foreigntest.Database(t, `CREATE TABLE accounts (_id INTEGER PRIMARY KEY, name TEXT, counter INTEGER);
		INSERT INTO accounts (name, counter) VALUES ('b', 7), ('a', NULL)`)
	rows, err := Table(context.Background(), b, "accounts", "name", "counter", "absent")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v; want 2", len(rows), err)
	}
	if rows[0]["name"].Text != "b" || rows[0]["counter"].Int != 7 || rows[1]["name"].Text != "a" || rows[1]["counter"].Int != 0 {
		t.Errorf("rows = %v", rows)
	}
}

func TestProgramsInTheSchemaAreNotRun(t *testing.T) {
	for claim, schema := range map[string]string{
		"a view that never ends": `CREATE VIEW accounts AS WITH RECURSIVE r(name) AS (SELECT 1 UNION ALL SELECT name+1 FROM r) SELECT name FROM r`,
		"no such table":          `CREATE TABLE other (name TEXT)`,
	} {
		if _, err := Table(context.Background(), foreigntest.Database(t, schema), "accounts", "name"); !errors.Is(err, foreign.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", claim, err)
		}
	}
}

func TestComputedColumnsAreNotRead(t *testing.T) {
	b := foreigntest.Database(t, `CREATE TABLE accounts (x INTEGER); INSERT INTO accounts VALUES (500000000);
		ALTER TABLE accounts ADD COLUMN name TEXT GENERATED ALWAYS AS (hex(zeroblob(x))) VIRTUAL`)
	if _, err := Table(context.Background(), b, "accounts", "name"); !errors.Is(err, foreign.ErrDamaged) {
		t.Errorf("a column that would be half a gigabyte: %v, want ErrDamaged", err)
	}
}

func TestAValueBeyondItsBoundIsRefused(t *testing.T) {
	b := foreigntest.Database(t, `CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES (zeroblob(2000000))`)
	if _, err := Table(context.Background(), b, "accounts", "name"); !errors.Is(err, foreign.ErrTooLarge) {
		t.Errorf("two megabytes of name: %v, want ErrTooLarge", err)
	}
}

func TestDamagedDatabasesAreRefused(t *testing.T) {
	b := foreigntest.Database(t, `CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES ('`+strings.Repeat("long", 3000)+`')`)
	for _, size := range []int{16, 50, 100, 512, 4096, 5000, len(b) - 1} {
		if _, err := Table(context.Background(), b[:size], "accounts", "name"); err == nil {
			t.Errorf("cut to %d bytes: read, want a refusal", size)
		} else {
			foreigntest.Refused(t, err)
		}
	}
}

func TestAnEndedContextStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Table(ctx, foreigntest.Database(t, `CREATE TABLE accounts (name TEXT)`), "accounts", "name"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add(foreigntest.Database(f, `CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES ('a')`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !Is(b) {
			return
		}
		if _, err := Table(context.Background(), b, "accounts", "name"); err != nil {
			foreigntest.Refused(t, err)
		}
	})
}

package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
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

// TestTheEngineReadsTheSame holds this reader against SQLite itself: tables of
// many shapes, sizes and page sizes, with every kind of value.
func TestTheEngineReadsTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, pageSize := range []int{512, 1024, 4096, 65536} {
		for _, rows := range []int{0, 1, 40, 3000} {
			t.Run(fmt.Sprintf("pages of %d, %d rows", pageSize, rows), func(t *testing.T) {
				var sql strings.Builder
				fmt.Fprintf(&sql, "PRAGMA page_size=%d; CREATE TABLE other (x); CREATE TABLE accounts (a, \"b c\" TEXT, n INTEGER); BEGIN;", pageSize)
				for range rows {
					long := 0
					if random.IntN(20) == 0 {
						long = random.IntN(9000)
					}
					fmt.Fprintf(&sql, "INSERT INTO accounts VALUES (%s, '%s', %d); INSERT INTO other VALUES (1);",
						[]string{"NULL", "0", "1", "-1", "'text'", "1.5", "x'414243'", "127", "-128", "40000", "8000000"}[random.IntN(11)],
						strings.Repeat("é'' x"[:random.IntN(2)*2], 3)+strings.Repeat("long", long), int64(random.Uint64())>>random.IntN(64))
				}
				sql.WriteString("COMMIT; DELETE FROM accounts WHERE rowid % 7 = 3; ALTER TABLE accounts ADD COLUMN late TEXT DEFAULT 'x'; CREATE INDEX i ON accounts(n)")
				b, want := foreigntest.DatabaseAndRows(t, sql.String(), `SELECT a, "b c", n FROM accounts ORDER BY rowid`)
				got, err := Table(context.Background(), b, "accounts", "a", "b c", "n", "late")
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != len(want) {
					t.Fatalf("%d rows, want %d", len(got), len(want))
				}
				for i, w := range want {
					for j, name := range []string{"a", "b c", "n"} {
						if got[i][name].Text != w[j] {
							t.Fatalf("row %d, %s: %q, want %q", i, name, got[i][name].Text, w[j])
						}
					}
				}
			})
		}
	}
}

func TestColumnsAreFoundInAnyDefinition(t *testing.T) {
	for sql, want := range map[string]string{
		`CREATE TABLE t (a)`: "a",
		"CREATE TABLE \"t (x\" (a INTEGER PRIMARY KEY, `b` TEXT DEFAULT 'x, y)', [c d] , \"e\"\"f\", g CHECK (g IN (1,2)), PRIMARY KEY (a, b), UNIQUE(c))": "a,b,c d,e\"f,g",
		"create table t(a -- , b\n, c /* , d */, \"primary\" TEXT, CONSTRAINT x CHECK (a > 1))":                                                            "a,c,primary",
		"CREATE TABLE t (a, b AS (a+1))":                           "",
		"CREATE TABLE t (a, b INT GENERATED ALWAYS AS (a) STORED)": "",
		"CREATE TABLE t AS SELECT 1":                               "",
		"CREATE TABLE t (a, b":                                     "",
		"CREATE VIEW t (a) AS SELECT 1":                            "",
		"":                                                         "",
		"CREATE TABLE t (a, 'unclosed":                             "",
	} {
		got, err := parseColumns(sql)
		if strings.Join(got, ",") != want || (err == nil) != (want != "") {
			t.Errorf("parseColumns(%q) = %q, %v; want %q", sql, got, err, want)
		}
	}
}

func TestProgramsInTheSchemaAreNotRun(t *testing.T) {
	for claim, schema := range map[string]string{
		"a view that never ends": `CREATE VIEW accounts AS WITH RECURSIVE r(name) AS (SELECT 1 UNION ALL SELECT name+1 FROM r) SELECT name FROM r`,
		"no such table":          `CREATE TABLE other (name TEXT)`,
		"a computed column": `CREATE TABLE accounts (x INTEGER); INSERT INTO accounts VALUES (500000000);
			ALTER TABLE accounts ADD COLUMN name TEXT GENERATED ALWAYS AS (hex(zeroblob(x))) VIRTUAL`,
		"no row numbers": `CREATE TABLE accounts (name TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO accounts VALUES ('a')`,
		"UTF-16":         `PRAGMA encoding='UTF-16le'; CREATE TABLE accounts (name TEXT)`,
		"a large value":  `CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES (zeroblob(2000000))`,
	} {
		_, err := Table(context.Background(), foreigntest.Database(t, schema), "accounts", "name")
		if err == nil {
			t.Errorf("%s: read, want a refusal", claim)
			continue
		}
		foreigntest.Refused(t, err)
	}
}

func TestDamagedDatabasesAreRefused(t *testing.T) {
	b := foreigntest.Database(t, `CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES ('`+strings.Repeat("long", 3000)+`')`)
	for _, size := range []int{0, 16, 50, 100, 512, 4096, 5000, len(b) - 4096, len(b) - 1} {
		if _, err := Table(context.Background(), b[:size], "accounts", "name"); !errors.Is(err, foreign.ErrDamaged) {
			t.Errorf("cut to %d bytes: %v, want ErrDamaged", size, err)
		}
	}
	// Pages 1 and 2 are the schema and the table; the text overflows to 3, 4 and
	// 5. Page 3 says that it goes on with itself.
	binary.BigEndian.PutUint32(b[2*4096:], 3)
	if _, err := Table(context.Background(), b, "accounts", "name"); !errors.Is(err, foreign.ErrDamaged) {
		t.Errorf("a circle of pages: %v, want ErrDamaged", err)
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
	f.Add(foreigntest.Database(f, `PRAGMA page_size=512; CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES ('a')`))
	f.Add(foreigntest.Database(f, `PRAGMA page_size=512; CREATE TABLE accounts (name TEXT); INSERT INTO accounts VALUES ('`+strings.Repeat("x", 2000)+`')`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !Is(b) {
			return
		}
		if _, err := Table(context.Background(), b, "accounts", "name"); err != nil {
			foreigntest.Refused(t, err)
		}
	})
}

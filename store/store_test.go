package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/countersign-id/countersign/internal/postgrestest"
	"github.com/countersign-id/countersign/store/conformance"
)

func sqlitePlace(t testing.TB) conformance.Place {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "countersign.db")
	return conformance.Place{URL: path, KeyFile: filepath.Join(folder, "keys.json"), Database: database(t, "sqlite3", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=foreign_keys(on)")}
}

func postgresPlace(t testing.TB) conformance.Place {
	t.Helper()
	dsn := postgrestest.DSN(t)
	return conformance.Place{URL: dsn, KeyFile: filepath.Join(t.TempDir(), "keys.json"), Database: database(t, "pgx", dsn), Numbered: true}
}

func database(t testing.TB, driver, address string) *sql.DB {
	t.Helper()
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

func TestSQLite(t *testing.T)   { conformance.Run(t, sqlitePlace) }
func TestPostgres(t *testing.T) { conformance.Run(t, postgresPlace) }

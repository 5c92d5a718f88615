package foreigntest

import (
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/serdes"
)

// Database is the bytes of a SQLite file made by the statements.
func Database(t testing.TB, statements string) []byte {
	t.Helper()
	db, err := sqlite3.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	b, err := serdes.Serialize(db, "main")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

package foreigntest

import (
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/serdes"
)

// Database is the bytes of a SQLite file made by the statements.
func Database(t testing.TB, statements string) []byte {
	t.Helper()
	b, _ := DatabaseAndRows(t, statements, "")
	return b
}

// DatabaseAndRows also answers a question with the engine itself.
func DatabaseAndRows(t testing.TB, statements, question string) ([]byte, [][]string) {
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
	if question == "" {
		return b, nil
	}
	stmt, _, err := db.Prepare(question)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	var rows [][]string
	for stmt.Step() {
		var row []string
		for i := range stmt.ColumnCount() {
			row = append(row, stmt.ColumnText(i))
		}
		rows = append(rows, row)
	}
	if err := stmt.Err(); err != nil {
		t.Fatal(err)
	}
	return b, rows
}

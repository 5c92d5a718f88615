package sqlite

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/serdes"
)

const magic = "SQLite format 3\x00"

// Bounds on the engine, for a database of accounts.
const (
	maxDatabase = 16 << 20
	maxHeap     = "67108864" // 64 MiB: the database once, and room to work
	maxValue    = 1 << 20
	maxRows     = 100_000
)

// Is reports whether the bytes are a SQLite database.
func Is(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }

// Mentions reports whether all the names stand in the bytes: the schema is
// written there as SQL. It is a glance, not an answer.
func Mentions(b []byte, names ...string) bool {
	return Is(b) && !slices.ContainsFunc(names, func(name string) bool { return !bytes.Contains(b, []byte(name)) })
}

// Row is one row by column name. Absent columns and NULL are the zero Value.
type Row map[string]Value

// Value is what a column holds.
type Value struct {
	Text string // numbers in decimal
	Int  int64  // zero for what is no number
}

// Table reads the named columns of a table, in the order of its rows. Columns
// that the table does not have are left out: applications add them over time.
func Table(ctx context.Context, database []byte, table string, columns ...string) (rows []Row, err error) {
	// The engine panics where it cannot have memory, and the heap limit below
	// is what makes it so: a hostile file must end in a refusal.
	defer func() {
		if recover() != nil {
			rows, err = nil, foreign.TooLarge("its database needs more memory than is given to an import")
		}
	}()
	if len(database) > maxDatabase {
		return nil, foreign.TooLarge("it is larger than any database of accounts")
	}
	if !whole(database) {
		return nil, foreign.Damaged("its end is missing", nil)
	}
	// Bytes 18 and 19 ask for a write-ahead log, which is not here (SQLite file
	// format 1.3.3).
	database = bytes.Clone(database)
	database[18], database[19] = 1, 1
	db, err := sqlite3.OpenContext(ctx, ":memory:")
	if err != nil {
		return nil, damaged(ctx, err)
	}
	defer func() { _ = db.Close() }()
	db.SetInterrupt(ctx)
	db.Limit(sqlite3.LIMIT_LENGTH, maxValue)
	for _, setting := range []string{"hard_heap_limit=" + maxHeap, "trusted_schema=OFF", "cell_size_check=ON"} {
		if err := db.Exec("PRAGMA " + setting); err != nil {
			return nil, damaged(ctx, err)
		}
	}
	if err := serdes.Deserialize(db, "main", database); err != nil {
		return nil, damaged(ctx, err)
	}
	if err := db.Exec("PRAGMA query_only=ON"); err != nil {
		return nil, damaged(ctx, err)
	}
	present, err := columnsOf(db, table)
	if err != nil {
		return nil, damaged(ctx, err)
	}
	columns = slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return !slices.Contains(present, c) })
	if len(columns) == 0 {
		return nil, foreign.Damaged("its table of accounts is missing", nil)
	}
	rows, err = read(db, table, columns)
	if err != nil {
		return nil, damaged(ctx, err)
	}
	return rows, nil
}

// whole checks the file's length against its header (SQLite file format 1.3.2
// and 1.3.7): the engine reads a page that lost its end as if zeros stood there.
func whole(b []byte) bool {
	if len(b) < 100 {
		return false
	}
	page := int(binary.BigEndian.Uint16(b[16:]))
	if page == 1 {
		page = 65536
	}
	if page < 512 || len(b)%page != 0 {
		return false
	}
	counted := bytes.Equal(b[24:28], b[92:96]) // older writers leave the count stale
	return !counted || int64(binary.BigEndian.Uint32(b[28:]))*int64(page) <= int64(len(b))
}

func columnsOf(db *sqlite3.Conn, table string) (columns []string, err error) {
	// A table has a root page of its own; views and virtual tables have none.
	stmt, _, err := db.Prepare(`SELECT c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type='table' AND s.rootpage>0 AND s.name=?`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stmt.Close()) }()
	if err := stmt.BindText(1, table); err != nil {
		return nil, err
	}
	for stmt.Step() {
		columns = append(columns, stmt.ColumnText(0))
	}
	return columns, stmt.Err()
}

func read(db *sqlite3.Conn, table string, columns []string) (rows []Row, err error) {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = sqlite3.QuoteIdentifier(c)
	}
	stmt, _, err := db.Prepare("SELECT " + strings.Join(quoted, ",") + " FROM " + sqlite3.QuoteIdentifier(table) + " ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stmt.Close()) }()
	for stmt.Step() {
		if len(rows) >= maxRows {
			return nil, foreign.TooLarge("it has more rows than any database of accounts")
		}
		row := make(Row, len(columns))
		for i, c := range columns {
			if stmt.ColumnType(i) != sqlite3.NULL {
				row[c] = Value{Text: stmt.ColumnText(i), Int: stmt.ColumnInt64(i)}
			}
		}
		rows = append(rows, row)
	}
	return rows, stmt.Err()
}

// damaged keeps refusals and the context's end, and names the rest.
func damaged(ctx context.Context, err error) error {
	var refusal *foreign.FileError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sqlite3.NOMEM), errors.Is(err, sqlite3.TOOBIG):
		return foreign.TooLarge("its database needs more memory than is given to an import")
	}
	return foreign.Damaged("its database cannot be read", err)
}

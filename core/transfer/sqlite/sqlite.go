package sqlite

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/countersign-id/countersign/core/transfer/foreign"
)

const magic = "SQLite format 3\x00"

// Bounds on a database of accounts.
const (
	maxDatabase = 16 << 20
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
	Int  int64  // zero for what is no whole number
}

// Table reads the named columns of a table, in the order of its rows. Columns
// that the table does not have are left out: applications add them over time.
func Table(ctx context.Context, database []byte, table string, columns ...string) ([]Row, error) {
	if len(database) > maxDatabase {
		return nil, foreign.TooLarge("it is larger than any database of accounts")
	}
	f, err := open(database)
	if err != nil {
		return nil, err
	}
	root, present, err := f.find(ctx, table)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(present, c) }) {
		return nil, damaged("its table of accounts is missing")
	}
	var rows []Row
	err = f.walk(ctx, root, func(values []Value) error {
		if len(rows) >= maxRows {
			return foreign.TooLarge("it has more rows than any database of accounts")
		}
		row := make(Row, len(columns))
		for i, v := range values {
			if i < len(present) && slices.Contains(columns, present[i]) {
				row[present[i]] = v
			}
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func damaged(what string) error { return foreign.Damaged(what, nil) }

// file is a database and what its header says.
type file struct {
	bytes    []byte
	pageSize int
	usable   int // of each page, the rest being an extension's
	seen     map[uint32]bool
}

const headerSize = 100

// open checks the header (format 1.3).
func open(b []byte) (*file, error) {
	if len(b) < headerSize || !Is(b) {
		return nil, damaged("its database breaks off")
	}
	f := &file{bytes: b, pageSize: int(binary.BigEndian.Uint16(b[16:]))}
	if f.pageSize == 1 {
		f.pageSize = 65536
	}
	f.usable = f.pageSize - int(b[20])
	if f.pageSize < 512 || f.pageSize&(f.pageSize-1) != 0 || f.usable < 480 {
		return nil, damaged("its database has pages of a size that there is not")
	}
	// A page that lost its end must not be read as if zeros stood there. Older
	// writers leave the count of pages stale; then the two counters differ.
	counted := bytes.Equal(b[24:28], b[92:96])
	if len(b)%f.pageSize != 0 || counted && int64(binary.BigEndian.Uint32(b[28:]))*int64(f.pageSize) > int64(len(b)) {
		return nil, damaged("its end is missing")
	}
	if encoding := binary.BigEndian.Uint32(b[56:]); encoding > 1 {
		return nil, foreign.Unsupported("database-encoding", "This database keeps its text in an encoding that is not read here.",
			"Use the other application's own export.")
	}
	return f, nil
}

// page gives a page by number, from one.
func (f *file) page(number uint32) ([]byte, error) {
	if number == 0 || int64(number)*int64(f.pageSize) > int64(len(f.bytes)) {
		return nil, damaged("its database refers to a page that is not there")
	}
	// A page belongs to one place in one tree: a second visit is a circle.
	if f.seen[number] {
		return nil, damaged("its database refers to a page twice")
	}
	f.seen[number] = true
	return f.bytes[(int(number)-1)*f.pageSize : int(number)*f.pageSize], nil
}

// find reads the schema, which is the table on page one (format 2.6).
func (f *file) find(ctx context.Context, table string) (root uint32, columns []string, err error) {
	const kind, name, rootPage, sql = 0, 1, 3, 4
	err = f.walk(ctx, 1, func(v []Value) error {
		if len(v) <= sql || v[kind].Text != "table" || !strings.EqualFold(v[name].Text, table) {
			return nil
		}
		if v[rootPage].Int <= 0 || v[rootPage].Int > 1<<31 {
			return damaged("its table of accounts is a program, not a table")
		}
		root = uint32(v[rootPage].Int)
		columns, err = parseColumns(v[sql].Text)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	if root == 0 {
		return 0, nil, damaged("its table of accounts is missing")
	}
	return root, columns, nil
}

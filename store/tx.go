package store

import (
	"context"
	"database/sql"
	"errors"

	countersign "github.com/countersign-id/countersign"
)

// tx is the writer's transaction, with its prepared statements and the head
// of the audit chain as this transaction sees it.
type tx struct {
	conn    *sql.Conn
	dialect dialect
	stmts   map[string]*sql.Stmt
	head    auditHead
}

func newTx(conn *sql.Conn, d dialect) *tx {
	return &tx{conn: conn, dialect: d, stmts: make(map[string]*sql.Stmt)}
}

func (t *tx) begin() { t.head = auditHead{} }

func (t *tx) forget() {
	for _, stmt := range t.stmts {
		_ = stmt.Close()
	}
	t.stmts = nil
}

func (t *tx) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := t.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.conn.PrepareContext(context.Background(), t.dialect.spell(query))
	if err != nil {
		return nil, err
	}
	t.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement that is about the transaction itself, or that must
// merely succeed.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change runs a statement and tells how many rows it changed.
func (t *tx) change(query string, args ...any) (int64, error) {
	if len(args) == 0 {
		result, err := t.conn.ExecContext(context.Background(), query)
		if err != nil {
			return 0, unavailable(err)
		}
		n, err := result.RowsAffected()
		return n, unavailable(err)
	}
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, unavailable(err)
	}
	result, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, unavailable(err)
	}
	n, err := result.RowsAffected()
	return n, unavailable(err)
}

// must is a change of exactly one row; none is otherwise.
func (t *tx) must(otherwise error, query string, args ...any) error {
	n, err := t.change(query, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return otherwise
	}
	return nil
}

func (t *tx) row(query string, args ...any) row {
	stmt, err := t.prepared(query)
	if err != nil {
		return row{err: err}
	}
	return row{row: stmt.QueryRowContext(context.Background(), args...)}
}

func (t *tx) strings(query string, args ...any) ([]string, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return nil, unavailable(err)
	}
	rows, err := stmt.QueryContext(context.Background(), args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, unavailable(err)
		}
		out = append(out, s)
	}
	return out, unavailable(rows.Err())
}

// none turns "no such row" into a plain absence.
func none(err error) (absent bool, _ error) {
	if errors.Is(err, countersign.ErrNotFound) {
		return true, nil
	}
	return false, err
}

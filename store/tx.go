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
	// changed tells that the verb under way has changed something. Its failure
	// then spoils the transaction: verbs refuse before they change anything,
	// so that only the store's own trouble comes here, and savepoints, which
	// cost a tenth of every change, are not needed.
	changed bool
}

func newTx(conn *sql.Conn, d dialect) *tx {
	return &tx{conn: conn, dialect: d, stmts: make(map[string]*sql.Stmt)}
}

func (t *tx) begin() error {
	t.head, t.changed = auditHead{}, false
	return t.control(t.dialect.begin)
}

// errSpoiled says that a verb failed after it had changed something.
var errSpoiled = errors.New("a change failed half-way")

// intact asks whether a verb that failed has left nothing behind.
func (t *tx) intact() error {
	if t.changed {
		return errSpoiled
	}
	return t.dialect.whole(t.conn)
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

// control runs a statement about the transaction itself.
func (t *tx) control(query string) error {
	if t.dialect.remote {
		// In one message, without a plan: there is nothing to plan.
		_, err := t.conn.ExecContext(context.Background(), query)
		return unavailable(err)
	}
	stmt, err := t.prepared(query)
	if err == nil {
		_, err = stmt.ExecContext(context.Background())
	}
	return unavailable(err)
}

// exec runs a change that must merely succeed.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change runs a statement and tells how many rows it changed.
func (t *tx) change(query string, args ...any) (int64, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, unavailable(err)
	}
	result, err := stmt.ExecContext(context.Background(), bound(args)...)
	if err != nil {
		return 0, unavailable(err)
	}
	n, err := result.RowsAffected()
	t.changed = t.changed || n != 0 || err != nil
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
	return row{row: stmt.QueryRowContext(context.Background(), bound(args)...)}
}

// each calls scan for every row.
func (t *tx) each(query string, scan func(scanner) error, args ...any) error {
	stmt, err := t.prepared(query)
	if err != nil {
		return unavailable(err)
	}
	rows, err := stmt.QueryContext(context.Background(), bound(args)...)
	if err != nil {
		return unavailable(err)
	}
	return scanAll(rows, scan)
}

// strings reads one column of all rows.
func (t *tx) strings(query string, args ...any) ([]string, error) {
	var out []string
	err := t.each(query, func(r scanner) error {
		var s string
		err := r.Scan(&s)
		out = append(out, s)
		return err
	}, args...)
	return out, err
}

// none turns "no such row" into a plain absence.
func none(err error) (absent bool, _ error) {
	if errors.Is(err, countersign.ErrNotFound) {
		return true, nil
	}
	return false, err
}

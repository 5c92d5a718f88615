package store

import (
	"context"
	"database/sql"
	"errors"

	countersign "github.com/countersign-id/countersign"
)

// row and rows run prepared reads outside any write; tx has the same within
// one.
type row struct {
	row *sql.Row
	err error
}

// scan gives ErrNotFound for no row and ErrUnavailable for trouble.
func (r row) scan(into ...any) error {
	err := r.err
	if err == nil {
		err = r.row.Scan(into...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return countersign.ErrNotFound
	}
	return unavailable(err)
}

func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.reads.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.reader.PrepareContext(ctx, s.dialect.spell(query))
	if err != nil {
		return nil, err
	}
	if kept, loaded := s.reads.LoadOrStore(query, stmt); loaded {
		_ = stmt.Close()
		return kept.(*sql.Stmt), nil
	}
	return stmt, nil
}

func (s *Store) row(ctx context.Context, query string, args ...any) row {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return row{err: err}
	}
	return row{row: stmt.QueryRowContext(ctx, bound(args)...)}
}

// each calls scan for every row.
func (s *Store) each(ctx context.Context, query string, scan func(scanner) error, args ...any) error {
	stmt, err := s.prepared(ctx, query)
	if err != nil {
		return unavailable(err)
	}
	rows, err := stmt.QueryContext(ctx, bound(args)...)
	if err != nil {
		return unavailable(err)
	}
	return scanAll(rows, scan)
}

func scanAll(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return unavailable(err)
		}
	}
	return unavailable(rows.Err())
}

// scanner is a row of either kind.
type scanner interface{ Scan(into ...any) error }

// asScanner lets a row be read by the same function as many.
type asScanner struct{ row row }

func (a asScanner) Scan(into ...any) error { return a.row.scan(into...) }

package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func (t *tx) notice(n countersign.Notice) error {
	return t.must(countersign.ErrSpent, "INSERT INTO notice (id, account_id, kind, subject, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		n.ID, n.AccountID, string(n.Kind), n.Subject, ms(n.At))
}

// Notices lists what an account's holder was told since a time, newest first.
func (s *Store) Notices(ctx context.Context, accountID string, since time.Time, limit int) ([]countersign.Notice, error) {
	var out []countersign.Notice
	err := s.each(ctx, "SELECT id, account_id, kind, subject, at FROM notice WHERE account_id = ? AND at >= ? ORDER BY at DESC, id LIMIT ?", func(r scanner) error {
		var n countersign.Notice
		var when int64
		err := r.Scan(&n.ID, &n.AccountID, &n.Kind, &n.Subject, &when)
		n.At = at(when)
		out = append(out, n)
		return err
	}, accountID, ms(since), limit)
	return out, err
}

package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// How long what is over is kept.
const (
	keepSignIns   = 24 * time.Hour
	keepApprovals = 30 * 24 * time.Hour // a person's history of approvals
	pruneStep     = 500                 // rows a transaction: the writer is not held for long
)

// Prune removes what is over and needed no more: attempts, bindings, decoys,
// old requests, ended grants and dead sessions. The audit log is never pruned.
func (s *Store) Prune(ctx context.Context, now time.Time) (int, error) {
	removed := 0
	for _, p := range []struct {
		query  string
		before time.Time
	}{
		{"DELETE FROM signin WHERE id IN (SELECT id FROM signin WHERE expires_at < ? LIMIT ?)", now.Add(-keepSignIns)},
		{"DELETE FROM binding WHERE id IN (SELECT id FROM binding WHERE expires_at < ? LIMIT ?)", now.Add(-keepSignIns)},
		{"DELETE FROM approval WHERE id IN (SELECT id FROM approval WHERE not_after < ? AND account_id = '' LIMIT ?)", now.Add(-keepSignIns)},
		{"DELETE FROM approval WHERE id IN (SELECT id FROM approval WHERE not_after < ? LIMIT ?)", now.Add(-keepApprovals)},
		{"DELETE FROM grant_given WHERE id IN (SELECT id FROM grant_given WHERE access_expires_at < ? LIMIT ?)", now.Add(-keepSignIns)},
		{"DELETE FROM session WHERE key IN (SELECT key FROM session WHERE seen_at < ? LIMIT ?)", now.Add(-countersign.SessionIdle)},
		{"DELETE FROM session WHERE key IN (SELECT key FROM session WHERE created_at < ? LIMIT ?)", now.Add(-countersign.SessionAbsolute)},
	} {
		for {
			var n int64
			err := s.write(ctx, func(t *tx) (err error) {
				n, err = t.change(p.query, ms(p.before), pruneStep)
				return err
			})
			removed += int(n)
			if err != nil {
				return removed, err
			}
			if n < pruneStep {
				break
			}
		}
	}
	// A pending device whose binding is over was never confirmed.
	err := s.write(ctx, func(t *tx) error {
		return t.exec("UPDATE device SET state = 'revoked' WHERE state = 'pending' AND created_at < ?", ms(now.Add(-2*countersign.BindingLife)))
	})
	s.touched.Range(func(id, last any) bool {
		if ms(now)-last.(int64) > seenEvery.Milliseconds() {
			s.touched.Delete(id)
		}
		return true
	})
	return removed, err
}

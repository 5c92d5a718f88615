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
	day := ms(now.Add(-keepSignIns))
	removed := 0
	for _, step := range []func(*tx) (int64, error){
		pruning("DELETE FROM signin WHERE id IN (SELECT id FROM signin WHERE expires_at < ? LIMIT ?)", day),
		// A phone whose binding is over was never confirmed.
		pruning("UPDATE device SET state = 'revoked' WHERE id IN (SELECT id FROM device WHERE state = 'pending' AND created_at <= ? LIMIT ?)", ms(now.Add(-countersign.BindingLife))),
		pruning("DELETE FROM binding WHERE id IN (SELECT id FROM binding WHERE expires_at < ? LIMIT ?)", day),
		pruning("DELETE FROM approval WHERE id IN (SELECT id FROM approval WHERE account_id = '' AND asked_at < ? LIMIT ?)", day),
		pruning("DELETE FROM approval WHERE id IN (SELECT id FROM approval WHERE not_after < ? LIMIT ?)", ms(now.Add(-keepApprovals))),
		// Kept for a day: a code that comes again must find its grant, and
		// codes live for a minute.
		pruning("DELETE FROM grant_given WHERE id IN (SELECT id FROM grant_given WHERE access_expires_at < ? LIMIT ?)", day),
		pruningSessions("seen_at <= ?", ms(now.Add(-countersign.SessionIdle))),
		pruningSessions("created_at <= ?", ms(now.Add(-countersign.SessionAbsolute))),
	} {
		for {
			var n int64
			err := s.write(ctx, func(t *tx) (err error) {
				n, err = step(t)
				return err
			})
			if err != nil {
				return removed, err
			}
			removed += int(n)
			if n < pruneStep {
				break
			}
		}
	}
	s.touched.Range(func(id, last any) bool {
		if ms(now)-last.(int64) > seenEvery.Milliseconds() {
			s.touched.Delete(id)
		}
		return true
	})
	return removed, nil
}

func pruning(query string, before int64) func(*tx) (int64, error) {
	return func(t *tx) (int64, error) { return t.change(query, before, pruneStep) }
}

// pruningSessions removes dead sessions with what was granted on them.
func pruningSessions(dead string, before int64) func(*tx) (int64, error) {
	return func(t *tx) (int64, error) {
		keys, err := t.strings("SELECT key FROM session WHERE "+dead+" LIMIT ?", before, pruneStep)
		if err != nil {
			return 0, err
		}
		for _, key := range keys {
			if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE session = ? AND revoked = 0", key); err != nil {
				return 0, err
			}
			if err := t.exec("DELETE FROM session WHERE key = ?", key); err != nil {
				return 0, err
			}
		}
		return int64(len(keys)), nil
	}
}

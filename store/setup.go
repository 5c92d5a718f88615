package store

import (
	"context"
	"crypto/subtle"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// SetSetupCode keeps the hash of a new setup code while no owner exists; false
// when one does.
func (s *Store) SetSetupCode(ctx context.Context, codeHash []byte) (needed bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		n, err := t.change("UPDATE setup SET code_hash = ?, tries = 0 WHERE one = 1 AND done_at = 0 AND NOT EXISTS (SELECT 1 FROM account WHERE role = 'owner')", codeHash)
		needed = n == 1
		return err
	})
	return needed, err
}

// setupTries is far from 50 bits and near to a person's mistakes.
const setupTries = 10

// RedeemSetup spends the setup code for the first owner, in one transaction
// (check M3): ErrSpent when that was done, ErrThrottled after too many wrong
// codes, ErrWrong.
func (s *Store) RedeemSetup(ctx context.Context, codeHash []byte, now time.Time, a countersign.Account, event countersign.Event) error {
	a.Role = countersign.Owner // whoever holds the code owns the server
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		verdict = nil
		var stored []byte
		var tries, done int64
		if err := t.row("SELECT code_hash, tries, CASE WHEN EXISTS (SELECT 1 FROM account WHERE role = 'owner') THEN 1 ELSE done_at END FROM setup WHERE one = 1").scan(&stored, &tries, &done); err != nil {
			return err
		}
		if done != 0 || len(stored) == 0 {
			return countersign.ErrSpent
		}
		if tries >= setupTries {
			return countersign.ErrThrottled
		}
		// Counted before it is compared, and kept whatever the outcome.
		if err := t.must(countersign.ErrUnavailable, "UPDATE setup SET tries = tries + 1 WHERE one = 1"); err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(stored, codeHash) != 1 {
			verdict = countersign.ErrWrong
			return t.event(countersign.Event{At: event.At, Kind: "setup.wrong", Actor: "browser", Address: event.Address})
		}
		if err := t.insertAccount(a); err != nil {
			return err
		}
		if err := t.must(countersign.ErrSpent, "UPDATE setup SET done_at = ?, code_hash = ? WHERE one = 1 AND done_at = 0", ms(now), []byte{}); err != nil {
			return err
		}
		return t.event(event)
	})
	if err != nil {
		return err
	}
	return verdict
}

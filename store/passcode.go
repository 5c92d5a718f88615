package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// AddPasscode keeps a new authenticator, its seed sealed to this row and
// account (check K2). It is inactive until confirmed.
func (s *Store) AddPasscode(ctx context.Context, p countersign.Passcode, event countersign.Event) error {
	sealed, err := s.keys.seal(p.Secret.Reveal(), place("passcode", "secret", p.ID, p.AccountID))
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		if _, err := t.active(p.AccountID); err != nil {
			return err
		}
		// One unfinished at a time: the one before it was given up.
		if err := t.exec("DELETE FROM passcode WHERE account_id = ? AND active = 0", p.AccountID); err != nil {
			return err
		}
		if err := t.must(countersign.ErrSpent, "INSERT INTO passcode (id, account_id, name, secret, algorithm, digits, period, last_step, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, -1, 0, ?) ON CONFLICT DO NOTHING",
			p.ID, p.AccountID, p.Name, sealed, string(p.Algorithm), p.Digits, p.Period, ms(p.Created)); err != nil {
			return err
		}
		return t.event(event)
	})
}

// ConfirmPasscode activates an authenticator by its first code, whose step is
// spent by it.
func (s *Store) ConfirmPasscode(ctx context.Context, accountID, id string, step int64, now time.Time, event countersign.Event, notice countersign.Notice) error {
	return s.write(ctx, func(t *tx) error {
		var one int
		if err := t.row("SELECT 1 FROM passcode WHERE id = ? AND account_id = ?", id, accountID).scan(&one); err != nil {
			return err
		}
		if err := t.must(countersign.ErrSpent, "UPDATE passcode SET active = 1, last_step = ?, used_at = ? WHERE id = ? AND account_id = ? AND active = 0 AND last_step < ?",
			step, ms(now), id, accountID, step); err != nil {
			return err
		}
		if err := t.notice(notice); err != nil {
			return err
		}
		return t.event(event)
	})
}

// Passcodes lists an account's authenticators with their seeds.
func (s *Store) Passcodes(ctx context.Context, accountID string) ([]countersign.Passcode, error) {
	var out []countersign.Passcode
	err := s.each(ctx, "SELECT id, account_id, name, secret, algorithm, digits, period, last_step, active, created_at, used_at FROM passcode WHERE account_id = ? ORDER BY created_at, id",
		func(r scanner) error {
			var p countersign.Passcode
			var sealed []byte
			var active, created, used int64
			if err := r.Scan(&p.ID, &p.AccountID, &p.Name, &sealed, &p.Algorithm, &p.Digits, &p.Period, &p.LastStep, &active, &created, &used); err != nil {
				return err
			}
			var err error
			p.Secret, err = s.keys.open(sealed, place("passcode", "secret", p.ID, p.AccountID))
			p.Active, p.Created, p.Used = active != 0, at(created), at(used)
			out = append(out, p)
			return err
		}, accountID)
	return out, err
}

// SpendPasscode spends a step for one sign-in: by one UPDATE that refuses this
// and every earlier step (RFC 6238 §5.2, checks A1, A2). A step that was spent
// is audited as such, and ErrSpent.
func (s *Store) SpendPasscode(ctx context.Context, signInID, passcodeID string, step int64, now time.Time, onSuccess, onSpent countersign.Event) error {
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		verdict = nil
		in, err := t.provable(signInID, now)
		if err != nil {
			return err
		}
		n, err := t.change("UPDATE passcode SET last_step = ?, used_at = ? WHERE id = ? AND account_id = ? AND active = 1 AND last_step < ?", step, ms(now), passcodeID, in.AccountID, step)
		if err != nil {
			return err
		}
		if n != 1 {
			var one int
			if err := t.row("SELECT 1 FROM passcode WHERE id = ? AND account_id = ? AND active = 1", passcodeID, in.AccountID).scan(&one); err != nil {
				absent, err := none(err)
				if absent {
					return countersign.ErrWrong // removed since the caller looked
				}
				return err
			}
			verdict = countersign.ErrSpent
			return t.event(onSpent)
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET passcode_at = ? WHERE id = ? AND state = 'open'", ms(now), signInID); err != nil {
			return err
		}
		if err := t.release(in.ThrottleSubject(), countersign.FactorPasscode); err != nil {
			return err
		}
		return t.event(onSuccess)
	})
	if err != nil {
		return err
	}
	return verdict
}

// RemovePasscode takes an authenticator away.
func (s *Store) RemovePasscode(ctx context.Context, accountID, id string, event countersign.Event, notice countersign.Notice) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "DELETE FROM passcode WHERE id = ? AND account_id = ?", id, accountID); err != nil {
			return err
		}
		if err := t.notice(notice); err != nil {
			return err
		}
		return t.event(event)
	})
}

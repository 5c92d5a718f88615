package store

import (
	"context"
	"crypto/subtle"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const bindingColumns = "id, account_id, code_hash, session, state, tries, safety, device_id, created_at, expires_at"

func scanBinding(r scanner) (countersign.Binding, error) {
	var b countersign.Binding
	var created, expires int64
	err := r.Scan(&b.ID, &b.AccountID, &b.CodeHash, &b.Session, &b.State, &b.Tries, &b.Safety, &b.DeviceID, &created, &expires)
	b.Created, b.Expires = at(created), at(expires)
	return b, err
}

// mostBindings bounds what one account can have under way: two pages and a
// mistake.
const mostBindings = 3

// OpenBinding keeps a new binding; beyond the bound the oldest dies.
func (s *Store) OpenBinding(ctx context.Context, b countersign.Binding, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		live, err := t.strings("SELECT id FROM binding WHERE account_id = ? AND state IN ('open', 'claimed') ORDER BY created_at DESC, id", b.AccountID)
		if err != nil {
			return err
		}
		for i, id := range live {
			if i < mostBindings-1 {
				continue
			}
			if err := t.kill(id); err != nil {
				return err
			}
		}
		if err := t.must(countersign.ErrSpent, "INSERT INTO binding ("+bindingColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			b.ID, b.AccountID, b.CodeHash, b.Session, string(b.State), b.Tries, b.Safety, b.DeviceID, ms(b.Created), ms(b.Expires)); err != nil {
			return err
		}
		return t.event(event)
	})
}

// kill ends a binding, and the device that waited in it.
func (t *tx) kill(bindingID string) error {
	if err := t.exec("UPDATE device SET state = 'revoked' WHERE state = 'pending' AND id IN (SELECT device_id FROM binding WHERE id = ?)", bindingID); err != nil {
		return err
	}
	return t.exec("UPDATE binding SET state = 'dead' WHERE id = ? AND state IN ('open', 'claimed')", bindingID)
}

func (t *tx) killBindings(accountID string) error {
	live, err := t.strings("SELECT id FROM binding WHERE account_id = ? AND state IN ('open', 'claimed')", accountID)
	if err != nil {
		return err
	}
	for _, id := range live {
		if err := t.kill(id); err != nil {
			return err
		}
	}
	return nil
}

// Binding finds a binding.
func (s *Store) Binding(ctx context.Context, id string) (countersign.Binding, error) {
	return scanBinding(asScanner{s.row(ctx, "SELECT "+bindingColumns+" FROM binding WHERE id = ?", id)})
}

// ClaimBinding spends a binding code for one device (check E2). ErrNotFound
// when it is unknown, spent or expired: nothing tells which.
func (s *Store) ClaimBinding(ctx context.Context, codeHash []byte, d countersign.Device, safety func(accountID string) string, now time.Time, event countersign.Event) (countersign.Binding, countersign.Account, error) {
	var b countersign.Binding
	var account countersign.Account
	err := s.write(ctx, func(t *tx) error {
		var err error
		if b, err = scanBinding(asScanner{t.row("SELECT "+bindingColumns+" FROM binding WHERE code_hash = ?", codeHash)}); err != nil {
			return err
		}
		if account, err = scanAccount(asScanner{t.row("SELECT "+accountColumns+" FROM account WHERE id = ?", b.AccountID)}); err != nil {
			return err
		}
		if account.State != countersign.AccountActive {
			return countersign.ErrLocked
		}
		b.Safety, b.DeviceID, b.State = safety(b.AccountID), d.ID, countersign.BindingClaimed
		if err := t.must(countersign.ErrNotFound, "UPDATE binding SET state = 'claimed', device_id = ?, safety = ? WHERE id = ? AND state = 'open' AND expires_at > ?",
			d.ID, b.Safety, b.ID, ms(now)); err != nil {
			return err
		}
		d.AccountID, event.AccountID = b.AccountID, b.AccountID
		if err := t.insertDevice(d); err != nil {
			return err
		}
		return t.event(event)
	})
	return b, account, err
}

// ConfirmDevice activates the device of a claimed binding by its safety code,
// for the session that made it. The try is counted first; ErrWrong tells how
// many are left, ErrOver that this was the last.
func (s *Store) ConfirmDevice(ctx context.Context, bindingID, session, safety string, now time.Time, event countersign.Event, notice countersign.Notice) (countersign.Device, int, error) {
	var d countersign.Device
	var left int
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		d, left, verdict = countersign.Device{}, 0, nil
		b, err := scanBinding(asScanner{t.row("SELECT "+bindingColumns+" FROM binding WHERE id = ?", bindingID)})
		if err != nil {
			return err
		}
		if b.Session != session || b.State != countersign.BindingClaimed || !b.Live(now) {
			return countersign.ErrNotFound
		}
		if err := t.must(countersign.ErrNotFound, "UPDATE binding SET tries = tries + 1 WHERE id = ? AND state = 'claimed' AND tries < 3", b.ID); err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(b.Safety), []byte(safety)) != 1 || b.Safety == "" {
			left, verdict = countersign.BindingTries-b.Tries-1, countersign.ErrWrong
			wrong := event
			wrong.Kind = "binding.safety-wrong"
			if left > 0 {
				return t.event(wrong)
			}
			verdict = countersign.ErrOver
			if err := t.kill(b.ID); err != nil {
				return err
			}
			return t.event(wrong)
		}
		if err := t.must(countersign.ErrNotFound, "UPDATE binding SET state = 'done' WHERE id = ? AND state = 'claimed'", b.ID); err != nil {
			return err
		}
		if err := t.must(countersign.ErrNotFound, "UPDATE device SET state = 'active' WHERE id = ? AND state = 'pending'", b.DeviceID); err != nil {
			return err
		}
		if d, err = scanDevice(asScanner{t.row("SELECT "+deviceColumns+" FROM device WHERE id = ?", b.DeviceID)}); err != nil {
			return err
		}
		if err := t.notice(notice); err != nil {
			return err
		}
		return t.event(event)
	})
	if err != nil {
		return d, 0, err
	}
	return d, left, verdict
}

// KillBinding ends a binding for the session that made it.
func (s *Store) KillBinding(ctx context.Context, bindingID, session string, _ time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		var one int
		if err := t.row("SELECT 1 FROM binding WHERE id = ? AND session = ? AND state IN ('open', 'claimed')", bindingID, session).scan(&one); err != nil {
			return err
		}
		if err := t.kill(bindingID); err != nil {
			return err
		}
		return t.event(event)
	})
}

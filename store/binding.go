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
		if _, err := t.active(b.AccountID); err != nil {
			return err
		}
		live, err := t.strings("SELECT id FROM binding WHERE account_id = ? AND state IN ('open', 'claimed') AND expires_at > ? ORDER BY created_at DESC, id", b.AccountID, ms(b.Created))
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

// killBindings ends those of the bindings that are under way.
func (t *tx) killBindings(which string, args ...any) error {
	live, err := t.strings("SELECT id FROM binding WHERE state IN ('open', 'claimed') AND "+which, args...)
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

const readBinding = "SELECT " + bindingColumns + " FROM binding WHERE "

// Binding finds a binding.
func (s *Store) Binding(ctx context.Context, id string) (countersign.Binding, error) {
	return scanBinding(asScanner{s.row(ctx, readBinding+"id = ?", id)})
}

// BindingByCode finds a binding by the hash of its code, in any state.
func (s *Store) BindingByCode(ctx context.Context, codeHash []byte) (countersign.Binding, error) {
	return scanBinding(asScanner{s.row(ctx, readBinding+"code_hash = ?", codeHash)})
}

// ClaimBinding spends a binding code for one device (check E2). ErrNotFound
// when it is unknown, spent or expired: nothing tells which.
func (s *Store) ClaimBinding(ctx context.Context, codeHash []byte, d countersign.Device, safety func(accountID string) string, now time.Time, event countersign.Event) (countersign.Binding, countersign.Account, error) {
	var b countersign.Binding
	var account countersign.Account
	err := s.write(ctx, func(t *tx) error {
		var err error
		if b, err = scanBinding(asScanner{t.row(readBinding+"code_hash = ?", codeHash)}); err != nil {
			return err
		}
		if b.State != countersign.BindingOpen || !b.Live(now) {
			return countersign.ErrNotFound
		}
		if account, err = t.active(b.AccountID); err != nil {
			return err
		}
		b.Safety, b.DeviceID, b.State = safety(b.AccountID), d.ID, countersign.BindingClaimed
		if b.Safety == "" {
			// A binding without a safety code could never be confirmed.
			return countersign.ErrMalformed
		}
		if err := t.must(countersign.ErrNotFound, "UPDATE binding SET state = 'claimed', device_id = ?, safety = ? WHERE id = ? AND state = 'open' AND expires_at > ?",
			d.ID, b.Safety, b.ID, ms(now)); err != nil {
			return err
		}
		// The phone does not know yet whose account it joins.
		device, claimed := d, event
		device.AccountID, claimed.AccountID, device.State = b.AccountID, b.AccountID, countersign.DevicePending
		if err := t.insertDevice(device); err != nil {
			return err
		}
		return t.event(claimed)
	})
	if err != nil {
		return countersign.Binding{}, countersign.Account{}, err
	}
	return b, account, nil
}

// ConfirmDevice activates the device of a claimed binding by its safety code,
// for the session that made it (check C2). The try is counted first; ErrWrong
// tells how many are left, ErrOver that this was the last.
func (s *Store) ConfirmDevice(ctx context.Context, bindingID, session, safety string, now time.Time, event countersign.Event, notice countersign.Notice) (countersign.Device, int, error) {
	var d countersign.Device
	var left int
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		d, left, verdict = countersign.Device{}, 0, nil
		b, err := scanBinding(asScanner{t.row(readBinding+"id = ?", bindingID)})
		if err != nil {
			return err
		}
		if b.Session != session || b.State != countersign.BindingClaimed || !b.Live(now) {
			return countersign.ErrNotFound
		}
		if _, err := t.active(b.AccountID); err != nil {
			return err
		}
		if err := t.must(countersign.ErrNotFound, "UPDATE binding SET tries = tries + 1 WHERE id = ? AND state = 'claimed' AND tries < ?", b.ID, countersign.BindingTries); err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(b.Safety), []byte(safety)) != 1 {
			left, verdict = countersign.BindingTries-b.Tries-1, countersign.ErrWrong
			if left == 0 {
				verdict = countersign.ErrOver
				if err := t.kill(b.ID); err != nil {
					return err
				}
			}
			wrong := event
			wrong.Kind, wrong.Subject = "binding.safety-wrong", b.ID
			return t.event(wrong)
		}
		d, err = t.activate(b, event, notice)
		return err
	})
	if err != nil {
		return countersign.Device{}, 0, err
	}
	return d, left, verdict
}

func (t *tx) activate(b countersign.Binding, event countersign.Event, notice countersign.Notice) (countersign.Device, error) {
	if err := t.must(countersign.ErrNotFound, "UPDATE binding SET state = 'done' WHERE id = ? AND state = 'claimed'", b.ID); err != nil {
		return countersign.Device{}, err
	}
	if err := t.must(countersign.ErrNotFound, "UPDATE device SET state = 'active' WHERE id = ? AND state = 'pending'", b.DeviceID); err != nil {
		return countersign.Device{}, err
	}
	d, err := scanDevice(asScanner{t.row(readDevice, b.DeviceID)})
	if err != nil {
		return d, err
	}
	// The caller read the binding earlier, perhaps before it was claimed.
	event.Subject = d.ID
	if notice.Subject == "" {
		notice.Subject = d.Name
	}
	if err := t.notice(notice); err != nil {
		return d, err
	}
	return d, t.event(event)
}

// KillBinding ends a binding for the session that made it.
func (s *Store) KillBinding(ctx context.Context, bindingID, session string, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		b, err := scanBinding(asScanner{t.row(readBinding+"id = ?", bindingID)})
		if err != nil {
			return err
		}
		if b.Session != session || !b.Live(now) {
			return countersign.ErrNotFound
		}
		if err := t.kill(bindingID); err != nil {
			return err
		}
		return t.event(event)
	})
}

package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const deviceColumns = "id, account_id, name, platform, version, key, state, created_at, seen_at"

func scanDevice(r scanner) (countersign.Device, error) {
	var d countersign.Device
	var created, seen int64
	err := r.Scan(&d.ID, &d.AccountID, &d.Name, &d.Platform, &d.Version, &d.Key, &d.State, &created, &seen)
	d.Created, d.Seen = at(created), at(seen)
	return d, err
}

func (t *tx) insertDevice(d countersign.Device) error {
	return t.must(countersign.ErrSpent, "INSERT INTO device ("+deviceColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		d.ID, d.AccountID, d.Name, string(d.Platform), d.Version, d.Key, string(d.State), ms(d.Created), ms(d.Seen))
}

const readDevice = "SELECT " + deviceColumns + " FROM device WHERE id = ?"

// Device finds a device in any state.
func (s *Store) Device(ctx context.Context, id string) (countersign.Device, error) {
	return scanDevice(asScanner{s.row(ctx, readDevice, id)})
}

// Devices lists an account's devices but the revoked ones, oldest first.
func (s *Store) Devices(ctx context.Context, accountID string) ([]countersign.Device, error) {
	var out []countersign.Device
	err := s.each(ctx, "SELECT "+deviceColumns+" FROM device WHERE account_id = ? AND state <> 'revoked' ORDER BY created_at, id", func(r scanner) error {
		d, err := scanDevice(r)
		out = append(out, d)
		return err
	}, accountID)
	return out, err
}

// RevokeDevice ends a device; its account's waiting requests end in the same
// transaction (check E4).
func (s *Store) RevokeDevice(ctx context.Context, accountID, deviceID string, now time.Time, event countersign.Event, notice countersign.Notice) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "UPDATE device SET state = 'revoked' WHERE id = ? AND account_id = ? AND state <> 'revoked'", deviceID, accountID); err != nil {
			return err
		}
		if err := t.endPending(accountID, now); err != nil {
			return err
		}
		if err := t.exec("UPDATE binding SET state = 'dead' WHERE device_id = ? AND state = 'claimed'", deviceID); err != nil {
			return err
		}
		if err := t.notice(notice); err != nil {
			return err
		}
		return t.event(event)
	})
}

// RenameDevice gives a device another name.
func (s *Store) RenameDevice(ctx context.Context, accountID, deviceID, name string, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "UPDATE device SET name = ? WHERE id = ? AND account_id = ? AND state <> 'revoked'", name, deviceID, accountID); err != nil {
			return err
		}
		return t.event(event)
	})
}

// TouchDevice notes that a device was heard of: some time soon, not for sure.
func (s *Store) TouchDevice(_ context.Context, id string, now time.Time) error {
	if s.touch(id, now) {
		s.later(func(t *tx) error {
			return t.exec("UPDATE device SET seen_at = ? WHERE id = ? AND seen_at < ?", ms(now), id, ms(now))
		})
	}
	return nil
}

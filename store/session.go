package store

import (
	"context"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const sessionColumns = "key, account_id, amr, acr, authenticated_at, created_at, seen_at, address, agent"

func scanSession(r scanner) (countersign.Session, error) {
	var s countersign.Session
	var amr string
	var authenticated, created, seen int64
	err := r.Scan(&s.Key, &s.AccountID, &amr, &s.ACR, &authenticated, &created, &seen, &s.Address, &s.Agent)
	s.AMR = strings.Fields(amr)
	s.Authenticated, s.Created, s.Seen = at(authenticated), at(created), at(seen)
	return s, err
}

func (t *tx) insertSession(s countersign.Session) error {
	return t.must(countersign.ErrSpent, "INSERT INTO session ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		s.Key, s.AccountID, strings.Join(s.AMR, " "), s.ACR, ms(s.Authenticated), ms(s.Created), ms(s.Seen), s.Address, s.Agent)
}

// Session finds a session by the hash of its secret; whether it still counts
// is Session.Live's to say.
func (s *Store) Session(ctx context.Context, key string) (countersign.Session, error) {
	return scanSession(asScanner{s.row(ctx, "SELECT "+sessionColumns+" FROM session WHERE key = ?", key)})
}

// seenEvery is how exact "last seen" is.
const seenEvery = time.Minute

// TouchSession notes that a session was used: some time soon, not for sure.
func (s *Store) TouchSession(_ context.Context, key string, now time.Time) error {
	s.touch("session", "key", key, now)
	return nil
}

func (s *Store) touch(table, column, id string, now time.Time) {
	if last, ok := s.touched.Load(id); ok && ms(now)-last.(int64) < seenEvery.Milliseconds() {
		return
	}
	s.touched.Store(id, ms(now))
	s.later(func(t *tx) error {
		return t.exec("UPDATE "+table+" SET seen_at = ? WHERE "+column+" = ? AND seen_at < ?", ms(now), id, ms(now))
	})
}

// EndSession ends one session and what was granted on it.
func (s *Store) EndSession(ctx context.Context, key string, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "DELETE FROM session WHERE key = ?", key); err != nil {
			return err
		}
		if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE session = ?", key); err != nil {
			return err
		}
		return t.event(event)
	})
}

// EndSessions ends an account's sessions but one, with what was granted on
// them (check G3).
func (s *Store) EndSessions(ctx context.Context, accountID, exceptKey string, event countersign.Event) (int, error) {
	var ended int64
	err := s.write(ctx, func(t *tx) error {
		var err error
		if ended, err = t.change("DELETE FROM session WHERE account_id = ? AND key <> ?", accountID, exceptKey); err != nil {
			return err
		}
		if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE account_id = ? AND session <> ?", accountID, exceptKey); err != nil {
			return err
		}
		return t.event(event)
	})
	return int(ended), err
}

// Sessions lists an account's live sessions, newest first.
func (s *Store) Sessions(ctx context.Context, accountID string, now time.Time) ([]countersign.Session, error) {
	var out []countersign.Session
	err := s.each(ctx, "SELECT "+sessionColumns+" FROM session WHERE account_id = ? ORDER BY created_at DESC, key", func(r scanner) error {
		one, err := scanSession(r)
		if one.Live(now) {
			out = append(out, one)
		}
		return err
	}, accountID)
	return out, err
}

package store

import (
	"context"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const sessionColumns = "key, account_id, amr, acr, authenticated_at, created_at, seen_at, address, agent"

func scanSession(r scanner, more ...any) (countersign.Session, error) {
	var s countersign.Session
	var amr string
	var authenticated, created, seen int64
	err := r.Scan(append([]any{&s.Key, &s.AccountID, &amr, &s.ACR, &authenticated, &created, &seen, &s.Address, &s.Agent}, more...)...)
	s.AMR = strings.Fields(amr)
	s.Authenticated, s.Created, s.Seen = at(authenticated), at(created), at(seen)
	return s, err
}

func (t *tx) insertSession(s countersign.Session) error {
	return t.must(countersign.ErrSpent, "INSERT INTO session ("+sessionColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		s.Key, s.AccountID, strings.Join(s.AMR, " "), s.ACR, ms(s.Authenticated), ms(s.Created), ms(s.Seen), s.Address, s.Agent)
}

const readSession = "SELECT " + sessionColumns + " FROM session WHERE key = ?"

// Session finds a session by the hash of its secret; whether it still counts
// is Session.Live's to say.
func (s *Store) Session(ctx context.Context, key string) (countersign.Session, error) {
	return scanSession(asScanner{s.row(ctx, readSession, key)})
}

// seenEvery is how exact "last seen" is.
const seenEvery = time.Minute

// TouchSession notes that a session was used: some time soon, not for sure. A
// session that was idle for too long is not brought back (check G2).
func (s *Store) TouchSession(_ context.Context, key string, now time.Time) error {
	if s.touch(key, now) {
		s.later(func(t *tx) error {
			return t.exec("UPDATE session SET seen_at = ? WHERE key = ? AND seen_at < ? AND seen_at > ?", ms(now), key, ms(now), ms(now.Add(-countersign.SessionIdle)))
		})
	}
	return nil
}

// touch tells whether "seen" is worth a write again.
func (s *Store) touch(id string, now time.Time) bool {
	if last, ok := s.touched.Load(id); ok && ms(now)-last.(int64) < seenEvery.Milliseconds() {
		return false
	}
	s.touched.Store(id, ms(now))
	return true
}

// EndSession ends one session, what was granted on it and what it was adding.
func (s *Store) EndSession(ctx context.Context, key string, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		var account string
		if err := t.row("SELECT account_id FROM session WHERE key = ?", key).scan(&account); err != nil {
			return err
		}
		if err := t.endSession(account, key); err != nil {
			return err
		}
		return t.event(event)
	})
}

func (t *tx) endSession(account, key string) error {
	if err := t.must(countersign.ErrNotFound, "DELETE FROM session WHERE key = ? AND account_id = ?", key, account); err != nil {
		return err
	}
	if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE session = ? AND revoked = 0", key); err != nil {
		return err
	}
	return t.killBindings("account_id = ? AND session = ?", account, key)
}

// EndSessions ends an account's sessions but one, with what was granted on
// them (check G3).
func (s *Store) EndSessions(ctx context.Context, accountID, exceptKey string, event countersign.Event) (int, error) {
	var ended int64
	err := s.write(ctx, func(t *tx) (err error) {
		if ended, err = t.endSessions(accountID, exceptKey); err != nil {
			return err
		}
		return t.event(event)
	})
	if err != nil {
		return 0, err
	}
	return int(ended), nil
}

func (t *tx) endSessions(accountID, exceptKey string) (int64, error) {
	ended, err := t.change("DELETE FROM session WHERE account_id = ? AND key <> ?", accountID, exceptKey)
	if err != nil {
		return 0, err
	}
	if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE account_id = ? AND session <> ? AND revoked = 0", accountID, exceptKey); err != nil {
		return 0, err
	}
	// A phone that a thief of the session was adding must not be confirmed.
	return ended, t.killBindings("account_id = ? AND session <> '' AND session <> ?", accountID, exceptKey)
}

// renewSession lets a session take the place of an earlier one of the same
// account: its id changes with every change of assurance (check G1), and what
// hangs on it goes on. The earlier session of another account simply ends.
func (t *tx) renewSession(earlier string, s countersign.Session) error {
	var account string
	err := t.row("SELECT account_id FROM session WHERE key = ?", earlier).scan(&account)
	if absent, err := none(err); absent || err != nil {
		return err
	}
	if account != s.AccountID {
		return t.endSession(account, earlier)
	}
	if err := t.exec("UPDATE grant_given SET session = ? WHERE session = ?", s.Key, earlier); err != nil {
		return err
	}
	if err := t.exec("UPDATE binding SET session = ? WHERE account_id = ? AND session = ? AND state IN ('open', 'claimed')", s.Key, account, earlier); err != nil {
		return err
	}
	return t.must(countersign.ErrOver, "DELETE FROM session WHERE key = ?", earlier)
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

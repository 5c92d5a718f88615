package store

import (
	"context"
	"crypto/subtle"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const signInColumns = "id, secret_hash, account_id, name, client_id, return_to, address, agent, known, fresh, state, approval_id, " +
	"password_at, approval_at, passcode_at, device_id, created_at, expires_at"

func scanSignIn(r scanner) (countersign.SignIn, error) {
	var s countersign.SignIn
	var known, password, approval, passcode, created, expires int64
	err := r.Scan(&s.ID, &s.SecretHash, &s.AccountID, &s.Name, &s.ClientID, &s.Return, &s.Address, &s.Agent, &known, &s.Fresh, &s.State, &s.ApprovalID,
		&password, &approval, &passcode, &s.Evidence.Device, &created, &expires)
	s.Known = known != 0
	s.Evidence.Password, s.Evidence.Approval, s.Evidence.Passcode = at(password), at(approval), at(passcode)
	s.Created, s.Expires = at(created), at(expires)
	return s, err
}

// BeginSignIn keeps a new attempt, with its first approval request if it has
// one.
func (s *Store) BeginSignIn(ctx context.Context, in countersign.SignIn, a *countersign.Approval, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		e := in.Evidence
		if err := t.must(countersign.ErrSpent, "INSERT INTO signin ("+signInColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			in.ID, in.SecretHash, in.AccountID, in.Name, in.ClientID, in.Return, in.Address, in.Agent, flag(in.Known), in.Fresh, string(in.State), in.ApprovalID,
			ms(e.Password), ms(e.Approval), ms(e.Passcode), e.Device, ms(in.Created), ms(in.Expires)); err != nil {
			return err
		}
		if a != nil {
			if err := t.ask(*a, in.Created); err != nil {
				return err
			}
		}
		return t.event(event)
	})
}

// SignIn finds an attempt.
func (s *Store) SignIn(ctx context.Context, id string) (countersign.SignIn, error) {
	return scanSignIn(asScanner{s.row(ctx, "SELECT "+signInColumns+" FROM signin WHERE id = ?", id)})
}

func (t *tx) signIn(id string) (countersign.SignIn, error) {
	return scanSignIn(asScanner{t.row("SELECT "+signInColumns+" FROM signin WHERE id = ?", id)})
}

func open(in countersign.SignIn, now time.Time) error {
	if in.State != countersign.SignInOpen {
		return countersign.ErrOver
	}
	if !now.Before(in.Expires) {
		return countersign.ErrExpired
	}
	return nil
}

// ProvePassword adds the password to an open attempt's evidence and forgets
// the failures before it.
func (s *Store) ProvePassword(ctx context.Context, signInID string, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		in, err := t.signIn(signInID)
		if err != nil {
			return err
		}
		if err := open(in, now); err != nil {
			return err
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET password_at = ? WHERE id = ? AND state = 'open'", ms(now), signInID); err != nil {
			return err
		}
		if err := t.release(in.ThrottleSubject(), countersign.FactorPassword); err != nil {
			return err
		}
		return t.event(event)
	})
}

// FinishSignIn makes the session of an open attempt, once, for the browser
// that knows its secret (check B11). It is the only place that makes one.
func (s *Store) FinishSignIn(ctx context.Context, signInID string, secretHash []byte, session countersign.Session, browserHash []byte, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		in, err := t.signIn(signInID)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(in.SecretHash, secretHash) != 1 {
			return countersign.ErrForeign
		}
		if err := open(in, now); err != nil {
			return err
		}
		var state countersign.AccountState
		if err := t.row("SELECT state FROM account WHERE id = ?", in.AccountID).scan(&state); err != nil {
			return err
		}
		if state != countersign.AccountActive {
			return countersign.ErrLocked
		}
		if in.AccountID != session.AccountID {
			return countersign.ErrForeign
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET state = 'finished' WHERE id = ? AND state = 'open'", signInID); err != nil {
			return err
		}
		if in.Fresh != "" {
			// A renewed session replaces the one before it: its id changes
			// with every change of assurance (check G1).
			if err := t.exec("DELETE FROM session WHERE key = ? AND account_id = ?", in.Fresh, in.AccountID); err != nil {
				return err
			}
			if err := t.exec("UPDATE grant_given SET session = ? WHERE session = ?", session.Key, in.Fresh); err != nil {
				return err
			}
		}
		if err := t.insertSession(session); err != nil {
			return err
		}
		if err := t.exec("INSERT INTO browser (hash, account_id, seen_at) VALUES (?, ?, ?) ON CONFLICT (hash, account_id) DO UPDATE SET seen_at = excluded.seen_at",
			browserHash, in.AccountID, ms(now)); err != nil {
			return err
		}
		return t.event(event)
	})
}

// EndSignIn ends an open attempt that its own browser leaves, with its waiting
// request.
func (s *Store) EndSignIn(ctx context.Context, signInID string, secretHash []byte, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		in, err := t.signIn(signInID)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(in.SecretHash, secretHash) != 1 {
			return countersign.ErrForeign
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET state = 'ended' WHERE id = ? AND state = 'open'", signInID); err != nil {
			return err
		}
		if err := t.exec("UPDATE approval SET state = 'ended', decided_at = ? WHERE signin_id = ? AND state = 'pending'", ms(now), signInID); err != nil {
			return err
		}
		return t.event(event)
	})
}

// BrowserKnown tells whether a browser signed an account in before.
func (s *Store) BrowserKnown(ctx context.Context, browserHash []byte, accountID string) (bool, error) {
	var one int
	err := s.row(ctx, "SELECT 1 FROM browser WHERE hash = ? AND account_id = ?", browserHash, accountID).scan(&one)
	absent, err := none(err)
	return !absent && err == nil, err
}

package store

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const signInColumns = "id, secret_hash, account_id, name, client_id, return_to, address, agent, known, fresh, state, approval_id, " +
	"password_at, approval_at, passcode_at, device_id, created_at, expires_at"

// signInColumnsOfS is the same in a query of more than one table.
var signInColumnsOfS = "s." + strings.ReplaceAll(signInColumns, ", ", ", s.")

func scanSignIn(r scanner, more ...any) (countersign.SignIn, error) {
	var s countersign.SignIn
	var known, password, approval, passcode, created, expires int64
	err := r.Scan(append([]any{&s.ID, &s.SecretHash, &s.AccountID, &s.Name, &s.ClientID, &s.Return, &s.Address, &s.Agent, &known, &s.Fresh, &s.State, &s.ApprovalID,
		&password, &approval, &passcode, &s.Evidence.Device, &created, &expires}, more...)...)
	s.Known = known != 0
	s.Evidence.Password, s.Evidence.Approval, s.Evidence.Passcode = at(password), at(approval), at(passcode)
	s.Created, s.Expires = at(created), at(expires)
	return s, err
}

// BeginSignIn keeps a new attempt, with its first approval request if it has
// one.
func (s *Store) BeginSignIn(ctx context.Context, in countersign.SignIn, a *countersign.Approval, event countersign.Event) error {
	if a != nil {
		in.ApprovalID = a.ID
	}
	return s.write(ctx, func(t *tx) error {
		e := in.Evidence
		if err := t.must(countersign.ErrSpent, "INSERT INTO signin ("+signInColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			in.ID, in.SecretHash, in.AccountID, in.Name, in.ClientID, in.Return, in.Address, in.Agent, flag(in.Known), in.Fresh, string(in.State), in.ApprovalID,
			ms(e.Password), ms(e.Approval), ms(e.Passcode), e.Device, ms(in.Created), ms(in.Expires)); err != nil {
			return err
		}
		if a != nil {
			if err := t.insertApproval(*a, in.Created); err != nil {
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

// signIn reads an attempt within a change.
func (t *tx) signIn(id string) (countersign.SignIn, error) {
	return scanSignIn(asScanner{t.row("SELECT "+signInColumns+" FROM signin WHERE id = ?", id)})
}

// open refuses an attempt to which nothing can be added any more.
func open(in countersign.SignIn, now time.Time) error {
	if in.State != countersign.SignInOpen {
		return countersign.ErrOver
	}
	if !now.Before(in.Expires) {
		return countersign.ErrExpired
	}
	return nil
}

// ours reads an attempt with the state of its account; "" when it has none.
func (t *tx) ours(id string) (countersign.SignIn, countersign.AccountState, error) {
	var state sql.NullString
	in, err := scanSignIn(asScanner{t.row("SELECT "+signInColumnsOfS+", a.state FROM signin s LEFT JOIN account a ON a.id = s.account_id WHERE s.id = ?", id)}, &state)
	return in, countersign.AccountState(state.String), err
}

// provable reads an attempt that evidence may be added to.
func (t *tx) provable(id string, now time.Time) (countersign.SignIn, error) {
	in, account, err := t.ours(id)
	if err != nil {
		return in, err
	}
	if err := open(in, now); err != nil {
		return in, err
	}
	return in, mayAct(account)
}

// mayAct refuses a locked account, and one that does not exist (check B8).
func mayAct(state countersign.AccountState) error {
	switch state {
	case countersign.AccountActive:
		return nil
	case "":
		return countersign.ErrNotFound
	}
	return countersign.ErrLocked
}

// ProvePassword adds the password to an open attempt's evidence and forgets
// the failures before it.
func (s *Store) ProvePassword(ctx context.Context, signInID string, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		in, err := t.provable(signInID, now)
		if err != nil {
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
		in, account, err := t.ours(signInID)
		if err != nil {
			return err
		}
		// Before anything else: a stranger learns nothing of the attempt, and
		// does not burn it.
		if subtle.ConstantTimeCompare(in.SecretHash, secretHash) != 1 {
			return countersign.ErrForeign
		}
		if err := open(in, now); err != nil {
			return err
		}
		if in.Evidence.None() || in.AccountID == "" || in.AccountID != session.AccountID {
			return countersign.ErrNotEnough
		}
		if err := mayAct(account); err != nil {
			return err
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET state = 'finished' WHERE id = ? AND state = 'open'", signInID); err != nil {
			return err
		}
		if in.ApprovalID != "" && in.Evidence.Approval.IsZero() {
			// Another way was quicker: the phone need not ask any more.
			if err := t.end(now, "id = ?", in.ApprovalID); err != nil {
				return err
			}
		}
		if err := t.insertSession(session); err != nil {
			return err
		}
		if in.Fresh != "" {
			if err := t.renewSession(in.Fresh, session); err != nil {
				return err
			}
		}
		if len(browserHash) > 0 {
			if err := t.exec("INSERT INTO browser (hash, account_id, seen_at) VALUES (?, ?, ?) ON CONFLICT (hash, account_id) DO UPDATE SET seen_at = excluded.seen_at",
				browserHash, in.AccountID, ms(now)); err != nil {
				return err
			}
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
		if in.ApprovalID != "" {
			if err := t.end(now, "id = ?", in.ApprovalID); err != nil {
				return err
			}
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

package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const accountColumns = "id, name, display, state, role, password, created_at"

func scanAccount(r scanner) (countersign.Account, error) {
	var a countersign.Account
	var password string
	var created int64
	err := r.Scan(&a.ID, &a.Name, &a.Display, &a.State, &a.Role, &password, &created)
	a.Password = countersign.PasswordHash{Secret: countersign.NewSecret([]byte(password))}
	a.Created = at(created)
	return a, err
}

// CreateAccount keeps a new account; ErrNameTaken.
func (s *Store) CreateAccount(ctx context.Context, a countersign.Account, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.insertAccount(a); err != nil {
			return err
		}
		return t.event(event)
	})
}

func (t *tx) insertAccount(a countersign.Account) error {
	return t.must(countersign.ErrNameTaken, "INSERT INTO account ("+accountColumns+") VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		a.ID, a.Name, a.Display, string(a.State), string(a.Role), string(a.Password.Reveal()), ms(a.Created))
}

// AccountByName finds an account by its canonical name.
func (s *Store) AccountByName(ctx context.Context, name string) (countersign.Account, error) {
	return scanAccount(asScanner{s.row(ctx, "SELECT "+accountColumns+" FROM account WHERE name = ?", name)})
}

const readAccount = "SELECT " + accountColumns + " FROM account WHERE id = ?"

// AccountByID finds an account.
func (s *Store) AccountByID(ctx context.Context, id string) (countersign.Account, error) {
	return scanAccount(asScanner{s.row(ctx, readAccount, id)})
}

// active finds an account that may act: ErrNotFound, ErrLocked (check B8).
func (t *tx) active(id string) (countersign.Account, error) {
	a, err := scanAccount(asScanner{t.row(readAccount, id)})
	if err != nil {
		return a, err
	}
	if a.State != countersign.AccountActive {
		return a, countersign.ErrLocked
	}
	return a, nil
}

// Accounts lists accounts by name, after a name, of those with a prefix.
func (s *Store) Accounts(ctx context.Context, prefix, after string, limit int) ([]countersign.Account, error) {
	var out []countersign.Account
	// No LIKE: names hold % and _. The end of the range is the prefix and the
	// highest code point.
	err := s.each(ctx, "SELECT "+accountColumns+" FROM account WHERE name > ? AND name >= ? AND name <= ? ORDER BY name LIMIT ?", func(r scanner) error {
		a, err := scanAccount(r)
		out = append(out, a)
		return err
	}, after, prefix, prefix+"\U0010FFFF", limit)
	return out, err
}

// CountAccounts counts all accounts.
func (s *Store) CountAccounts(ctx context.Context) (int, error) {
	var n int
	err := s.row(ctx, "SELECT COUNT(*) FROM account").scan(&n)
	return n, err
}

// SetPassword changes a password and ends what the old one opened: every other
// session with its grants, open sign-ins and waiting approvals (check G3).
func (s *Store) SetPassword(ctx context.Context, accountID string, hash countersign.PasswordHash, keepSession string, now time.Time, event countersign.Event, notice countersign.Notice) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "UPDATE account SET password = ? WHERE id = ?", string(hash.Reveal()), accountID); err != nil {
			return err
		}
		if err := t.endEverything(accountID, keepSession, now); err != nil {
			return err
		}
		if err := t.notice(notice); err != nil {
			return err
		}
		return t.event(event)
	})
}

// endEverything ends what is under way for an account, but for one session.
func (t *tx) endEverything(accountID, keepSession string, now time.Time) error {
	if _, err := t.endSessions(accountID, keepSession); err != nil {
		return err
	}
	if err := t.exec("UPDATE signin SET state = 'ended' WHERE account_id = ? AND state = 'open'", accountID); err != nil {
		return err
	}
	return t.endPending(accountID, now)
}

// SetAccountState locks or unlocks an account. Locking ends all that is under
// way in the same transaction (check B8).
func (s *Store) SetAccountState(ctx context.Context, accountID string, state countersign.AccountState, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "UPDATE account SET state = ? WHERE id = ?", string(state), accountID); err != nil {
			return err
		}
		if state == countersign.AccountLocked {
			if err := t.endEverything(accountID, "", now); err != nil {
				return err
			}
			// Also those that the operator's command opened, in no session.
			if err := t.killBindings("account_id = ?", accountID); err != nil {
				return err
			}
		}
		return t.event(event)
	})
}

// DeleteAccount removes an account with all that is its own; the audit log
// alone remembers it.
func (s *Store) DeleteAccount(ctx context.Context, accountID string, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		// Its devices, bindings, passcodes, sessions and browsers go with the row.
		if err := t.must(countersign.ErrNotFound, "DELETE FROM account WHERE id = ?", accountID); err != nil {
			return err
		}
		for _, q := range []string{
			"DELETE FROM approval WHERE account_id = ?", "DELETE FROM signin WHERE account_id = ?",
			"DELETE FROM grant_given WHERE account_id = ?", "DELETE FROM notice WHERE account_id = ?",
		} {
			if err := t.exec(q, accountID); err != nil {
				return err
			}
		}
		// Subjects are the id, or the id and a mark that no id holds.
		if err := t.exec("DELETE FROM throttle WHERE subject IN (?, ?, ?)", accountID, accountID+"+", accountID+":setup"); err != nil {
			return err
		}
		return t.event(event)
	})
}

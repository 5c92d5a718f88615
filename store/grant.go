package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const grantColumns = "id, client_id, account_id, session, scope, access_hash, access_expires_at, created_at, revoked"

// RedeemCode inserts the grant of a code, once. A second redemption finds the
// row, ends what the first gave, and is ErrSpent (RFC 6749 §4.1.2, check H2).
// ErrOver when the session behind the code is over.
func (s *Store) RedeemCode(ctx context.Context, g countersign.Grant, now time.Time, event countersign.Event) error {
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		verdict = nil
		n, err := t.change("INSERT INTO grant_given ("+grantColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
			g.ID, g.ClientID, g.AccountID, g.Session, g.Scope, g.AccessHash, ms(g.AccessExpires), ms(g.Created))
		if err != nil {
			return err
		}
		if n == 0 {
			if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE id = ?", g.ID); err != nil {
				return err
			}
			verdict, event.Kind = countersign.ErrSpent, "grant.redeemed-again"
			return t.event(event)
		}
		session, err := scanSession(asScanner{t.row("SELECT "+sessionColumns+" FROM session WHERE key = ?", g.Session)})
		if absent, err := none(err); err != nil {
			return err
		} else if absent || !session.Live(now) || session.AccountID != g.AccountID {
			return countersign.ErrOver
		}
		return t.event(event)
	})
	if err != nil {
		return err
	}
	return verdict
}

// GrantByAccess finds a grant by the hash of its access token.
func (s *Store) GrantByAccess(ctx context.Context, accessHash []byte) (countersign.Grant, error) {
	var g countersign.Grant
	var expires, created, revoked int64
	err := s.row(ctx, "SELECT "+grantColumns+" FROM grant_given WHERE access_hash = ?", accessHash).scan(
		&g.ID, &g.ClientID, &g.AccountID, &g.Session, &g.Scope, &g.AccessHash, &expires, &created, &revoked)
	g.AccessExpires, g.Created, g.Revoked = at(expires), at(created), revoked != 0
	return g, err
}

package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const grantColumns = "id, client_id, account_id, session, scope, access_hash, access_expires_at, created_at, revoked"

// RedeemCode inserts the grant of a code, once. A second redemption finds the
// row, ends what the first gave, and is ErrSpent (RFC 6749 §4.1.2, check H2).
// ErrOver when the session behind the code is over, ErrNotFound when its
// relying party is gone.
func (s *Store) RedeemCode(ctx context.Context, g countersign.Grant, now time.Time, event countersign.Event) error {
	var verdict error
	err := s.write(ctx, func(t *tx) error {
		verdict = nil
		var redeemed, client int
		session, err := scanSession(asScanner{t.row("SELECT "+sessionColumns+", (SELECT COUNT(*) FROM grant_given WHERE id = ?), (SELECT COUNT(*) FROM client WHERE id = ?) FROM session WHERE key = ?",
			g.ID, g.ClientID, g.Session)}, &redeemed, &client)
		over, err := none(err)
		if err != nil {
			return err
		}
		if over {
			if err := t.row("SELECT COUNT(*) FROM grant_given WHERE id = ?", g.ID).scan(&redeemed); err != nil {
				return err
			}
		}
		if redeemed > 0 {
			verdict = countersign.ErrSpent
			return t.endGrant(g.ID, event)
		}
		if over || !session.Live(now) || session.AccountID != g.AccountID {
			return countersign.ErrOver
		}
		if client == 0 {
			return countersign.ErrNotFound
		}
		if err := t.must(countersign.ErrUnavailable, "INSERT INTO grant_given ("+grantColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
			g.ID, g.ClientID, g.AccountID, g.Session, g.Scope, g.AccessHash, ms(g.AccessExpires), ms(g.Created)); err != nil {
			return err
		}
		return t.event(event)
	})
	if err != nil {
		return err
	}
	return verdict
}

// endGrant ends what a code gave that came a second time: one of the two who
// held it is a thief, and nothing tells which.
func (t *tx) endGrant(id string, event countersign.Event) error {
	if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE id = ?", id); err != nil {
		return err
	}
	event.Kind = "grant.redeemed-again"
	return t.event(event)
}

// RevokeGrants ends all that an account's sessions granted.
func (s *Store) RevokeGrants(ctx context.Context, accountID string) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec("UPDATE grant_given SET revoked = 1 WHERE account_id = ? AND revoked = 0", accountID)
	})
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

package store

import (
	"context"

	countersign "github.com/countersign-id/countersign"
)

// Methods reads what an account has to sign in with, in one query: every page
// of a sign-in asks. For no account it reads the same and finds nothing.
func (s *Store) Methods(ctx context.Context, accountID string) (countersign.Methods, error) {
	var m countersign.Methods
	var phones, apps, passwords, locked, until int64
	err := s.row(ctx, "SELECT (SELECT COUNT(*) FROM device WHERE account_id = ? AND state = 'active'), "+
		"(SELECT COUNT(*) FROM passcode WHERE account_id = ? AND active = 1), "+
		"(SELECT COUNT(*) FROM account WHERE id = ? AND password <> ''), "+
		"(SELECT COUNT(*) FROM account WHERE id = ? AND state = 'locked'), "+
		"COALESCE((SELECT failures FROM throttle WHERE subject = ? AND factor = ?), 0), "+
		"COALESCE((SELECT until_at FROM throttle WHERE subject = ? AND factor = ?), 0)",
		accountID, accountID, accountID, accountID, accountID, string(countersign.FactorApproval), accountID, string(countersign.FactorApproval)).
		scan(&phones, &apps, &passwords, &locked, &m.Approvals.Failures, &until)
	m.Phone, m.App, m.Password, m.Locked, m.Approvals.Until = phones > 0, apps > 0, passwords > 0, locked > 0, at(until)
	return m, err
}

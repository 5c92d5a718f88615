package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	countersign "github.com/countersign-id/countersign"
)

const approvalColumns = "id, signin_id, account_id, purpose, client_id, nonce, number, context, known, source, state, device_id, signature, asked_at, not_after, decided_at"

func scanApproval(r scanner) (countersign.Approval, error) {
	var a countersign.Approval
	var known, asked, notAfter, decided int64
	err := r.Scan(&a.ID, &a.SignInID, &a.AccountID, &a.Purpose, &a.ClientID, &a.Nonce, &a.Number, &a.Context, &known, &a.Source, &a.State, &a.DeviceID, &a.Signature,
		&asked, &notAfter, &decided)
	if len(a.Signature) == 0 {
		a.Signature = nil
	}
	a.Known, a.Asked, a.NotAfter, a.Decided = known != 0, at(asked), at(notAfter), at(decided)
	return a, err
}

// AskApproval keeps a new request. The earlier one of the same sign-in (or
// test) ends, and the newest ends the oldest beyond the cap (check B5).
func (s *Store) AskApproval(ctx context.Context, a countersign.Approval, now time.Time, event countersign.Event) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.ask(a, now); err != nil {
			return err
		}
		return t.event(event)
	})
}

func (t *tx) ask(a countersign.Approval, now time.Time) error {
	if a.SignInID != "" {
		in, err := t.signIn(a.SignInID)
		if err != nil {
			return err
		}
		if err := open(in, now); err != nil {
			return err
		}
		if in.ApprovalID != "" {
			if err := t.end(now, "id = ?", in.ApprovalID); err != nil {
				return err
			}
		}
		if err := t.must(countersign.ErrOver, "UPDATE signin SET approval_id = ? WHERE id = ? AND state = 'open'", a.ID, a.SignInID); err != nil {
			return err
		}
	} else if err := t.end(now, "account_id = ? AND purpose = 'test'", a.AccountID); err != nil {
		return err
	}
	return t.insertApproval(a, now)
}

// insertApproval keeps a request within the cap: two tabs and a mistake, for
// known and unfamiliar browsers apart.
func (t *tx) insertApproval(a countersign.Approval, now time.Time) error {
	account := a.AccountID
	if account == "" {
		// Decoys do not end one another, but take the same time (check B9).
		account = a.ID
	}
	waiting, err := t.strings("SELECT id FROM approval WHERE account_id = ? AND known = ? AND state = 'pending' AND not_after > ? ORDER BY asked_at DESC, id DESC",
		account, flag(a.Known), ms(now))
	if err != nil {
		return err
	}
	for i, id := range waiting {
		if i < countersign.ApprovalPendingPerKind-1 {
			continue
		}
		if err := t.end(now, "id = ?", id); err != nil {
			return err
		}
	}
	return t.must(countersign.ErrSpent, "INSERT INTO approval ("+approvalColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', '', ?, ?, ?, 0) ON CONFLICT DO NOTHING",
		a.ID, a.SignInID, a.AccountID, string(a.Purpose), a.ClientID, a.Nonce, a.Number, a.Context, flag(a.Known), a.Source, []byte{}, ms(a.Asked), ms(a.NotAfter))
}

// end ends those of the requests that still wait; what has expired stays so.
func (t *tx) end(now time.Time, which string, args ...any) error {
	return t.exec("UPDATE approval SET state = 'ended', decided_at = ? WHERE state = 'pending' AND not_after > ? AND "+which, append([]any{ms(now), ms(now)}, args...)...)
}

// endPending ends every waiting request of an account.
func (t *tx) endPending(accountID string, now time.Time) error {
	return t.end(now, "account_id = ?", accountID)
}

// Approval finds a request.
func (s *Store) Approval(ctx context.Context, id string) (countersign.Approval, error) {
	return scanApproval(asScanner{s.row(ctx, "SELECT "+approvalColumns+" FROM approval WHERE id = ?", id)})
}

func (s *Store) approvals(ctx context.Context, query string, args ...any) ([]countersign.Approval, error) {
	var out []countersign.Approval
	err := s.each(ctx, query, func(r scanner) error {
		a, err := scanApproval(r)
		out = append(out, a)
		return err
	}, args...)
	return out, err
}

// PendingApprovals lists what waits for an account, oldest first.
func (s *Store) PendingApprovals(ctx context.Context, accountID string, now time.Time) ([]countersign.Approval, error) {
	return s.approvals(ctx, "SELECT "+approvalColumns+" FROM approval WHERE account_id = ? AND state = 'pending' AND not_after > ? ORDER BY asked_at, id", accountID, ms(now))
}

// RecentApprovals lists an account's latest requests, newest first.
func (s *Store) RecentApprovals(ctx context.Context, accountID string, limit int) ([]countersign.Approval, error) {
	return s.approvals(ctx, "SELECT "+approvalColumns+" FROM approval WHERE account_id = ? ORDER BY asked_at DESC, id LIMIT ?", accountID, limit)
}

// Decide counts, compares and moves one request by an answer whose signature
// has been verified, in one transaction. See countersign.Decided for what it
// returns with ErrWrong and ErrOver.
func (s *Store) Decide(ctx context.Context, d countersign.Deciding) (countersign.Decided, error) {
	var decided countersign.Decided
	var verdict error // what is told although the transaction commits
	err := s.write(ctx, func(t *tx) error {
		decided, verdict = countersign.Decided{}, nil
		a, by, err := t.decidable(d)
		if err != nil {
			return err
		}
		if state := a.At(d.Now); state != countersign.ApprovalPending {
			decided.State = state
			if a.DeviceID == d.DeviceID && a.State == d.Decision.State() {
				decided.Repeated = true // the answer was lost on its way back (check B3)
				return nil
			}
			return countersign.ErrOver
		}
		if d.Decision != countersign.Approve {
			decided.State = d.Decision.State()
			return t.refuse(a, d)
		}
		decided, verdict, err = t.approve(a, d, by)
		return err
	})
	if errors.Is(err, countersign.ErrUnavailable) {
		return countersign.Decided{}, err
	}
	if err != nil {
		return decided, err
	}
	return decided, verdict
}

// decider is the device that decides, with its account.
type decider struct {
	account      string
	state        countersign.DeviceState
	seen         time.Time
	accountState countersign.AccountState
}

// decidable finds the request of a device that may decide it.
func (t *tx) decidable(deciding countersign.Deciding) (countersign.Approval, decider, error) {
	a, err := scanApproval(asScanner{t.row("SELECT "+approvalColumns+" FROM approval WHERE id = ?", deciding.ApprovalID)})
	if err != nil {
		return a, decider{}, err
	}
	var d decider
	var seen int64
	if err := t.row("SELECT d.account_id, d.state, d.seen_at, a.state FROM device d JOIN account a ON a.id = d.account_id WHERE d.id = ?", deciding.DeviceID).scan(&d.account, &d.state, &seen, &d.accountState); err != nil {
		return a, d, err
	}
	d.seen = at(seen)
	if d.account != a.AccountID || d.state != countersign.DeviceActive {
		return a, d, countersign.ErrNotFound
	}
	if d.accountState != countersign.AccountActive {
		return a, d, countersign.ErrLocked
	}
	return a, d, nil
}

// refuse ends a request by deny or report, with its siblings from the same
// source (check B6).
func (t *tx) refuse(a countersign.Approval, d countersign.Deciding) error {
	if err := t.move(a, d); err != nil {
		return err
	}
	if err := t.end(d.Now, "account_id = ? AND source = ?", a.AccountID, a.Source); err != nil {
		return err
	}
	if d.Decision == countersign.Report {
		if err := t.notice(d.Notice(countersign.NoticeReported)); err != nil {
			return err
		}
	}
	return t.event(d.Event("approval." + string(d.Decision.State())))
}

// move is the one compare-and-set out of pending (check B10).
func (t *tx) move(a countersign.Approval, d countersign.Deciding) error {
	return t.must(countersign.ErrOver, "UPDATE approval SET state = ?, device_id = ?, signature = ?, decided_at = ? WHERE id = ? AND state = 'pending' AND not_after > ?",
		string(d.Decision.State()), d.DeviceID, d.Signature, ms(d.Now), a.ID, ms(d.Now))
}

// approve counts, then compares, then moves: in one transaction, so that
// nobody learns of the comparison before the count is on disk. A count that a
// right number resets at once need not be written first.
func (t *tx) approve(a countersign.Approval, d countersign.Deciding, by decider) (decided countersign.Decided, verdict, err error) {
	before, err := t.throttle(a.AccountID, countersign.FactorApproval)
	if err != nil {
		return decided, nil, err
	}
	counted, allowed := before.Reserve(d.Now, countersign.ApprovalLimits)
	right := subtle.ConstantTimeCompare([]byte(a.Number), []byte(d.Number)) == 1
	if !allowed || !right {
		if err := t.keepThrottle(a.AccountID, countersign.FactorApproval, counted, allowed); err != nil {
			return decided, nil, err
		}
	}
	if !allowed {
		// Approvals are paused: what still waits ends.
		decided.State = countersign.ApprovalEnded
		if err := t.endPending(a.AccountID, d.Now); err != nil {
			return decided, nil, err
		}
		return decided, countersign.ErrThrottled, t.event(d.Event("approval.throttled"))
	}
	if !right {
		return t.missed(a, d, counted)
	}
	if err := t.move(a, d); err != nil {
		return decided, nil, err
	}
	if before.Failures > 0 {
		if err := t.release(a.AccountID, countersign.FactorApproval); err != nil {
			return decided, nil, err
		}
	}
	if a.SignInID != "" {
		if err := t.exec("UPDATE signin SET approval_at = ?, device_id = ? WHERE id = ? AND state = 'open' AND expires_at > ?", ms(d.Now), d.DeviceID, a.SignInID, ms(d.Now)); err != nil {
			return decided, nil, err
		}
	}
	if d.Now.Sub(by.seen) >= seenEvery {
		if err := t.exec("UPDATE device SET seen_at = ? WHERE id = ? AND seen_at < ?", ms(d.Now), d.DeviceID, ms(d.Now)); err != nil {
			return decided, nil, err
		}
	}
	decided.State = countersign.ApprovalApproved
	return decided, nil, t.event(d.Event("approval.approved"))
}

// missed notes a wrong number. The third ends every waiting request of the
// account, and a new request does not reset the count (check B2); after that
// each miss ends them, since no further number would be looked at in the pause
// that it begins.
func (t *tx) missed(a countersign.Approval, d countersign.Deciding, counted countersign.Throttle) (decided countersign.Decided, verdict, err error) {
	if err := t.event(d.Event("approval.number-wrong")); err != nil {
		return decided, nil, err
	}
	if !counted.Paused(d.Now, countersign.ApprovalLimits) {
		return countersign.Decided{State: countersign.ApprovalPending, TriesLeft: countersign.ApprovalTries - counted.Failures}, countersign.ErrWrong, nil
	}
	if err := t.endPending(a.AccountID, d.Now); err != nil {
		return decided, nil, err
	}
	if err := t.notice(d.Notice(countersign.NoticeApprovalsPaused)); err != nil {
		return decided, nil, err
	}
	return countersign.Decided{State: countersign.ApprovalEnded}, countersign.ErrWrong, t.event(d.Event("approval.misses-ended"))
}

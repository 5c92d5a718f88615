package store

import (
	"context"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Reserve counts one attempt before anything is compared, on disk. A refused
// attempt writes too, so that it takes the same time (check A5).
func (s *Store) Reserve(ctx context.Context, subject string, factor countersign.Factor, limits countersign.Limits, now time.Time) (countersign.Throttle, bool, error) {
	var counted countersign.Throttle
	var allowed bool
	err := s.write(ctx, func(t *tx) error {
		var err error
		counted, allowed, err = t.reserve(subject, factor, limits, now)
		return err
	})
	return counted, allowed, err
}

func (t *tx) reserve(subject string, factor countersign.Factor, limits countersign.Limits, now time.Time) (countersign.Throttle, bool, error) {
	before, err := t.throttle(subject, factor)
	if err != nil {
		return before, false, err
	}
	after, allowed := before.Reserve(now, limits)
	return after, allowed, t.keepThrottle(subject, factor, after, allowed)
}

func (t *tx) throttle(subject string, factor countersign.Factor) (countersign.Throttle, error) {
	return scanThrottle(t.row(readThrottle, subject, string(factor)))
}

func (t *tx) keepThrottle(subject string, factor countersign.Factor, after countersign.Throttle, allowed bool) error {
	return t.must(countersign.ErrUnavailable,
		"INSERT INTO throttle (subject, factor, failures, until_at, refused) VALUES (?, ?, ?, ?, ?) "+
			"ON CONFLICT (subject, factor) DO UPDATE SET failures = excluded.failures, until_at = excluded.until_at, refused = throttle.refused + excluded.refused",
		subject, string(factor), after.Failures, ms(after.Until), flag(!allowed))
}

const readThrottle = "SELECT failures, until_at FROM throttle WHERE subject = ? AND factor = ?"

func scanThrottle(r row) (countersign.Throttle, error) {
	var t countersign.Throttle
	var until int64
	err := r.scan(&t.Failures, &until)
	if absent, err := none(err); absent || err != nil {
		return countersign.Throttle{}, err
	}
	t.Until = at(until)
	return t, nil
}

// Paused reads whether an attempt now would be refused, and until when; a zero
// time means until another factor succeeds.
func (s *Store) Paused(ctx context.Context, subject string, factor countersign.Factor, limits countersign.Limits, now time.Time) (time.Time, bool, error) {
	t, err := scanThrottle(s.row(ctx, readThrottle, subject, string(factor)))
	if err != nil || !t.Paused(now, limits) {
		return time.Time{}, false, err
	}
	return t.Until, true, nil
}

// Release forgets a subject's failures at one factor.
func (s *Store) Release(ctx context.Context, subject string, factor countersign.Factor) error {
	return s.write(ctx, func(t *tx) error { return t.release(subject, factor) })
}

func (t *tx) release(subject string, factor countersign.Factor) error {
	return t.exec("DELETE FROM throttle WHERE subject = ? AND factor = ?", subject, string(factor))
}

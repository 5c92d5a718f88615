package store

import (
	"bytes"
	"context"
	"errors"

	countersign "github.com/countersign-id/countersign"
)

// VerifyAudit walks the whole chain and tells how many rows from the first are
// as they were written. bad is the first that is not: with all its fields when
// it was changed, moved or added, with its number alone when it is missing
// (check M1).
//
// It finds what an editor of the table leaves behind. Somebody who can compute
// the chain anew can hide; compare the head's hash with a copy kept elsewhere.
func (s *Store) VerifyAudit(ctx context.Context) (rows int64, bad *countersign.AuditRow, reason string, err error) {
	// One snapshot: the log grows meanwhile.
	t, err := s.reader.BeginTx(ctx, s.dialect.snapshot)
	if err != nil {
		return 0, nil, "", unavailable(err)
	}
	defer func() { _ = t.Rollback() }() // it changed nothing
	var head auditHead
	if err := t.QueryRowContext(ctx, "SELECT seq, hash FROM audit_head WHERE one = 1").Scan(&head.seq, &head.hash); err != nil {
		return 0, nil, "", unavailable(err)
	}
	listed, err := t.QueryContext(ctx, "SELECT "+auditColumns+" FROM audit ORDER BY seq")
	if err != nil {
		return 0, nil, "", unavailable(err)
	}
	var previous []byte
	err = scanAll(listed, func(r scanner) error {
		row, detail, err := scanAudit(r)
		if err != nil {
			return err
		}
		switch {
		case row.Seq <= rows:
			// Numbers below 1 alone come here: they are the table's key.
			bad, reason = &row, "it was added, or its number was changed"
		case row.Seq != rows+1:
			bad, reason = &countersign.AuditRow{Seq: rows + 1}, "it is missing"
		case row.Seq > head.seq:
			bad, reason = &row, "it was added after the last one"
		case !bytes.Equal(row.Hash, chain(previous, row.Seq, ms(row.At), row.Kind, row.AccountID, row.Actor, row.Subject, row.Address, detail)):
			bad, reason = &row, "it was changed, or stands where it was not written"
		default:
			rows, previous = row.Seq, row.Hash
			return nil
		}
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return rows, nil, "", err
	}
	if bad != nil {
		return rows, bad, reason, nil
	}
	if rows < head.seq {
		return rows, &countersign.AuditRow{Seq: rows + 1}, "it is missing, with all that followed it", nil
	}
	if !bytes.Equal(previous, head.hash) {
		return rows, &countersign.AuditRow{Seq: rows}, "it is not the one that was written last", nil
	}
	return rows, nil, "", nil
}

// errFound ends the walk.
var errFound = errors.New("found")

package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	countersign "github.com/countersign-id/countersign"
)

// auditHead is the end of the chain: what the next row is hashed after.
type auditHead struct {
	loaded bool
	moved  bool
	seq    int64
	hash   []byte
}

// event appends to the audit log in the transaction of the act itself. If it
// cannot be written, the act does not happen (check M1).
func (t *tx) event(events ...countersign.Event) error {
	for _, e := range events {
		if err := t.appendEvent(e); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) appendEvent(e countersign.Event) error {
	if !t.head.loaded {
		if err := t.row("SELECT seq, hash FROM audit_head WHERE one = 1").scan(&t.head.seq, &t.head.hash); err != nil {
			return err
		}
		t.head.loaded = true
	}
	e = legible(e)
	detail, err := detailText(e.Detail)
	if err != nil {
		return err
	}
	seq := t.head.seq + 1
	hash := chain(t.head.hash, seq, ms(e.At), e.Kind, e.AccountID, e.Actor, e.Subject, e.Address, detail)
	if err := t.must(countersign.ErrUnavailable, "INSERT INTO audit (seq, at, kind, account_id, actor, subject, address, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		seq, ms(e.At), e.Kind, e.AccountID, e.Actor, e.Subject, e.Address, detail, hash); err != nil {
		return err
	}
	t.head = auditHead{loaded: true, moved: true, seq: seq, hash: hash}
	return nil
}

// keepHead writes the head once for all events of a transaction.
func (t *tx) keepHead() error {
	if !t.head.moved {
		return nil
	}
	return t.must(countersign.ErrUnavailable, "UPDATE audit_head SET seq = ?, hash = ? WHERE one = 1", t.head.seq, t.head.hash)
}

// legible is an event as it will be read again: what the hash is over.
func legible(e countersign.Event) countersign.Event {
	e.Kind, e.AccountID, e.Actor, e.Subject, e.Address = clean(e.Kind), clean(e.AccountID), clean(e.Actor), clean(e.Subject), clean(e.Address)
	return e
}

func detailText(detail map[string]string) (string, error) {
	if len(detail) == 0 {
		return "", nil
	}
	b, err := json.Marshal(detail) // keys come out sorted, and NUL as \u0000
	return string(b), err
}

// chain hashes a row after its predecessor. Every field has its length before
// it, so that no two rows have one encoding.
func chain(previous []byte, seq, at int64, fields ...string) []byte {
	b := make([]byte, 0, 512)
	b = append(b, "countersign/audit/v1"...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(previous)))
	b = append(b, previous...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(at))
	for _, f := range fields {
		b = binary.BigEndian.AppendUint64(b, uint64(len(f)))
		b = append(b, f...)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// AuditQuery narrows a listing; zero values do not. After is a row's number:
// listing goes on behind it.
type AuditQuery struct {
	AccountID string
	Kind      string
	After     int64
	Limit     int
}

const auditColumns = "seq, at, kind, account_id, actor, subject, address, detail, hash"

func scanAudit(r scanner) (row countersign.AuditRow, detail string, err error) {
	var when int64
	err = r.Scan(&row.Seq, &when, &row.Kind, &row.AccountID, &row.Actor, &row.Subject, &row.Address, &detail, &row.Hash)
	if err == nil && detail != "" {
		// A row whose detail was edited into no JSON is still shown: verify
		// names it.
		_ = json.Unmarshal([]byte(detail), &row.Detail)
	}
	row.At = at(when)
	return row, detail, err
}

// AuditEvents lists events, oldest first.
func (s *Store) AuditEvents(ctx context.Context, q AuditQuery) ([]countersign.AuditRow, error) {
	query, args := "SELECT "+auditColumns+" FROM audit WHERE seq > ?", []any{q.After}
	if q.AccountID != "" {
		query, args = query+" AND account_id = ?", append(args, q.AccountID)
	}
	if q.Kind != "" {
		query, args = query+" AND kind = ?", append(args, q.Kind)
	}
	query += " ORDER BY seq"
	if q.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, q.Limit)
	}
	var out []countersign.AuditRow
	err := s.each(ctx, query, func(r scanner) error {
		row, _, err := scanAudit(r)
		out = append(out, row)
		return err
	}, args...)
	return out, err
}

package countersign

import "time"

// Event is one line of the audit log: who did what to whom, when and from
// where. It is written in the transaction of the act itself; if it cannot be
// written, the act did not happen (check M1). It never holds a secret.
type Event struct {
	At        time.Time
	Kind      string // "approval.approved", noun first
	AccountID string // whose account; "" when none
	Actor     string // "account:<id>", "device:<id>", "operator", "server"
	Subject   string // what was acted on, by id
	Address   string
	Detail    map[string]string
}

// AuditRow is an event with its place in the chain.
type AuditRow struct {
	Seq int64
	Event
	Hash []byte // SHA-256 over the previous row's hash and this event
}

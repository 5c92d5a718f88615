// Package store owns what is kept: the SQL, the transactions, the sealing of
// secrets at rest and the audit chain. It is the only package that knows a
// database.
//
// Its verbs consume: each is one transaction that commits the new state with
// its audit event, or neither. Nothing that may happen once is read first and
// written later by a caller.
//
//	verb ──queue──▶ writer ──one transaction for all that wait──▶ commit ──▶ answers
//
// One writer per process orders every change; with PostgreSQL a lock in the
// database orders the writers of several processes. SQLite runs with
// synchronous=FULL: what was answered survives a power loss. The same SQL runs
// on both; they differ in the spelling of types and in the connection.
package store

// Package conformance owns what every database under the store must keep: the
// promise of each verb, each with the attack or fault it was made against, and
// the races that the checks ask for. Store's tests run it on SQLite and on
// PostgreSQL.
//
// It refuses to own what only one database can show: those tests stand beside
// the store itself.
package conformance

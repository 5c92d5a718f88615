// Package postgrestest gives tests a real PostgreSQL that nobody set up.
//
// It owns one throw-away cluster per test run: made in a temporary directory,
// reached through a unix socket inside it (so no port is taken and nobody else
// on the machine can connect), run by an unprivileged user when the caller is
// root because PostgreSQL refuses root, and deleted when the run ends.
//
//	Start ──▶ running ──Stop──▶ gone
//	             │
//	             └─ DSN(t): one fresh database per test, dropped when it ends
//
// scripts/withpostgres starts the cluster and names it to every test process in
// COUNTERSIGN_TEST_POSTGRES; packages share it. Without that variable a test
// that asks for a database skips and says why, so that `go test ./...` works on
// a fresh clone; COUNTERSIGN_TEST_REQUIRE=postgres turns that skip into a failure.
//
// It refuses to own schema, migrations or pools: those are store's. It never
// touches a cluster that it did not start.
package postgrestest

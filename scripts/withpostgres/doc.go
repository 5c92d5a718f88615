// Command withpostgres runs one command beside a throw-away PostgreSQL:
//
//	go run ./scripts/withpostgres go test ./store/...
//
// It owns the cluster's life and names it in COUNTERSIGN_TEST_POSTGRES. Where
// no PostgreSQL is installed it says so and runs the command without one: the
// tests then skip by name, or fail where COUNTERSIGN_TEST_REQUIRE says so.
package main

package postgrestest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Requirement lists, separated by commas, what a run must not skip.
const Requirement = "COUNTERSIGN_TEST_REQUIRE"

// DSN returns the address of a fresh, empty database that is dropped when the
// test ends. Without a cluster the test skips and says how to get one, or
// fails where the run requires PostgreSQL.
func DSN(t testing.TB) string {
	t.Helper()
	cluster := os.Getenv(Variable)
	if cluster == "" {
		if slices.Contains(strings.Split(os.Getenv(Requirement), ","), "postgres") {
			t.Fatalf("%s is not set, and this run requires PostgreSQL", Variable)
		}
		t.Skipf("SKIPPED on PostgreSQL: %s is not set; run `make test`, or `go run ./scripts/withpostgres go test ./...`", Variable)
	}
	// Lower case: PostgreSQL folds unquoted names.
	name := "test_" + strings.ToLower(rand.Text())
	admin(t, cluster, "CREATE DATABASE "+name)
	t.Cleanup(func() {
		// FORCE ends connections that a test's pool still holds.
		admin(t, cluster, "DROP DATABASE "+name+" WITH (FORCE)")
	})
	address, err := url.Parse(cluster)
	if err != nil {
		t.Fatalf("%s is not a postgres:// address: %v", Variable, err)
	}
	address.Path = "/" + name
	return address.String()
}

func admin(t testing.TB, cluster, statement string) {
	t.Helper()
	// The test's own context is cancelled before its cleanups run.
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatalf("connect to %s: %v", Variable, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
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
	address, drop, err := Fresh(context.Background(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return address
}

// Fresh makes an empty database in a cluster, for a program that is no test;
// the caller owes a drop.
func Fresh(ctx context.Context, cluster string) (address string, drop func() error, err error) {
	at, err := url.Parse(cluster)
	if err != nil {
		return "", nil, fmt.Errorf("%s is not a postgres:// address: %w", Variable, err)
	}
	// Lower case: PostgreSQL folds unquoted names.
	name := "test_" + strings.ToLower(rand.Text())
	if err := admin(ctx, cluster, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	at.Path = "/" + name
	return at.String(), func() error {
		// Another context: a test's own is cancelled before its cleanups run.
		// FORCE ends connections that a pool still holds.
		return admin(context.WithoutCancel(ctx), cluster, "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

func admin(ctx context.Context, cluster, statement string) error {
	conn, err := pgx.Connect(ctx, cluster)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", Variable, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

package postgrestest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/countersign-id/countersign/internal/postgrestest"
)

func TestEachDatabaseIsFreshAndGoneAfterwards(t *testing.T) {
	first, second := postgrestest.DSN(t), postgrestest.DSN(t)
	if first == second {
		t.Fatalf("two calls gave one database: %s", first)
	}
	run(t, first, "CREATE TABLE mark (id int)")
	if err := try(second, "SELECT * FROM mark"); err == nil {
		t.Error("a table made in the first database is seen in the second")
	}

	var inner string
	t.Run("inner", func(t *testing.T) {
		inner = postgrestest.DSN(t)
		run(t, inner, "SELECT 1")
	})
	if err := try(inner, "SELECT 1"); err == nil {
		t.Error("the database of a finished test still answers")
	}
}

func TestStartedClusterIsPrivateAndStopLeavesNothing(t *testing.T) {
	cluster, err := postgrestest.Start(t.Context())
	if errors.Is(err, postgrestest.ErrAbsent) && os.Getenv(postgrestest.Requirement) == "" {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, cluster.DSN(), "SELECT 1")
	config, err := pgx.ParseConfig(cluster.DSN())
	if err != nil {
		t.Fatal(err)
	}
	dir := config.Host
	stat, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := stat.Mode().Perm(); got != 0o700 {
		t.Errorf("the socket's directory has mode %o, want 700", got)
	}
	if err := cluster.Stop(); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("Stop left %s", strings.Join(left, ", "))
	}
	if err := try(cluster.DSN(), "SELECT 1"); err == nil {
		t.Error("the server answers after Stop")
	}
}

func run(t *testing.T, dsn, statement string) {
	t.Helper()
	if err := try(dsn, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func try(dsn, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

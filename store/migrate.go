package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date: forward only, one transaction a step,
// so that an interrupted one leaves the step undone and the next start goes on
// (check L6). A schema that is newer than this program is left alone.
func (s *Store) migrate(ctx context.Context, db *sql.DB, from fs.FS) error {
	steps, err := fs.Glob(from, "migrations/*.sql")
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer conn.Close()
	for {
		done, err := s.migrateOne(ctx, conn, from, steps)
		if err != nil || done {
			return err
		}
	}
}

func (s *Store) migrateOne(ctx context.Context, conn *sql.Conn, from fs.FS, steps []string) (done bool, err error) {
	exec := func(q string) error {
		_, err := conn.ExecContext(ctx, q)
		return unavailable(err)
	}
	if err := exec(s.dialect.begin); err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := exec("CREATE TABLE IF NOT EXISTS schema_version (one INTEGER PRIMARY KEY, version INTEGER NOT NULL)"); err != nil {
		return false, err
	}
	if err := exec("INSERT INTO schema_version (one, version) VALUES (1, 0) ON CONFLICT DO NOTHING"); err != nil {
		return false, err
	}
	var version int
	if err := conn.QueryRowContext(ctx, "SELECT version FROM schema_version WHERE one = 1").Scan(&version); err != nil {
		return false, unavailable(err)
	}
	if version > len(steps) {
		return false, fmt.Errorf("%w: its schema is version %d, this program knows %d", countersign.ErrSchemaNewer, version, len(steps))
	}
	if version == len(steps) {
		return true, exec("COMMIT")
	}
	text, err := fs.ReadFile(from, steps[version])
	if err != nil {
		return false, err
	}
	for statement := range strings.SplitSeq(s.dialect.schema(string(text)), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := exec(statement); err != nil {
			return false, fmt.Errorf("store: migration %s: %w", steps[version], err)
		}
	}
	if err := exec(fmt.Sprintf("UPDATE schema_version SET version = %d WHERE one = 1", version+1)); err != nil {
		return false, err
	}
	return false, exec("COMMIT")
}

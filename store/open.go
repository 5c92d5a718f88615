package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Config says where the store is.
type Config struct {
	URL  string // path of an SQLite file, or postgres://…
	Keys *Keyring
	Logf func(format string, args ...any)
}

// Store is safe for use by many callers.
type Store struct {
	dialect dialect
	reader  *sql.DB
	writer  *writer
	keys    *Keyring
	reads   sync.Map // query -> *sql.Stmt
	touched sync.Map // id -> Unix ms of the last "seen" written
	clients clientCache
}

// Open opens the store, brings its schema up to date, and checks that the key
// file is the one that its secrets were sealed with. A newer schema is
// ErrSchemaNewer, a wrong or lost key file ErrKeyFile.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{dialect: sqlite, keys: c.Keys}
	var write *sql.DB
	var err error
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		s.dialect = postgres
		write, err = openPostgres(c.URL)
		s.reader = write
	} else {
		write, s.reader, err = openSQLite(c.URL)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	logf := c.Logf
	if logf == nil {
		logf = func(string, ...any) {}
	}
	s.writer = newWriter(write, s.dialect, logf)
	if err := s.migrate(ctx, write, migrations); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.writer.start()
	if err := s.checkKeys(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close answers what is queued and closes the databases.
func (s *Store) Close() error {
	s.writer.stop()
	return s.close()
}

func (s *Store) close() error {
	// Readers first: the last to leave an SQLite file tidies up, and readers
	// may not write.
	var err error
	if s.reader != s.writer.db {
		err = s.reader.Close()
	}
	return errors.Join(err, s.writer.db.Close())
}

// Ready reads one row, and asks whether changes still get through: a writer
// that is stuck must not look healthy.
func (s *Store) Ready(ctx context.Context) error {
	if s.writer.stuck(time.Now()) {
		return fmt.Errorf("%w: a change has been under way for longer than %v", countersign.ErrUnavailable, answerLimit)
	}
	var n int64
	return s.row(ctx, "SELECT seq FROM audit_head WHERE one = 1").scan(&n)
}

// unavailable marks trouble of the store itself.
func unavailable(err error) error {
	if err == nil || errors.Is(err, countersign.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", countersign.ErrUnavailable, err)
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bound makes arguments that both databases keep alike. PostgreSQL refuses
// text with a NUL or broken UTF-8, which strangers can send: such bytes become
// U+FFFD, as they would on any screen. An absent run of bytes is an empty one.
func bound(args []any) []any {
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			args[i] = clean(v)
		case []byte:
			if v == nil {
				args[i] = []byte{}
			}
		}
	}
	return args
}

func clean(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] == 0 || s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

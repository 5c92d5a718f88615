package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
	_ "github.com/jackc/pgx/v5/stdlib"       // database/sql driver "pgx"
	_ "github.com/ncruces/go-sqlite3/driver" // database/sql driver "sqlite3"
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

type dialect struct {
	name string
	// begin opens a transaction that no other writer is in.
	begin []string
	// spell turns the one SQL into the dialect's.
	spell func(string) string
	// migration turns the one schema into the dialect's types.
	migration func(string) string
}

var sqlite = dialect{
	name:      "sqlite",
	begin:     []string{"BEGIN IMMEDIATE"},
	spell:     func(q string) string { return q },
	migration: func(q string) string { return q },
}

var postgres = dialect{
	name: "postgres",
	// The lock keeps the audit chain one chain across processes, and makes a
	// verb's reads and writes one step, as they are in SQLite.
	begin: []string{"BEGIN", "SELECT pg_advisory_xact_lock(4857392011)"},
	spell: numbered,
	migration: func(q string) string {
		return strings.NewReplacer("INTEGER", "BIGINT", "BLOB", "BYTEA", ") STRICT", ")", "X''", `'\x'`).Replace(q)
	},
}

// numbered turns ? into $1, $2, …: no query here has a ? in a literal.
func numbered(q string) string {
	var b strings.Builder
	n := 0
	for _, r := range q {
		if r == '?' {
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

const (
	// readers is enough to keep two to four cores busy; each costs a page
	// cache.
	sqliteReaders   = 4
	postgresReaders = 16
)

// Open opens the store, brings its schema up to date, and checks that the key
// file is the one that its secrets were sealed with. A newer schema is
// ErrSchemaNewer.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{dialect: sqlite, keys: c.Keys}
	var write *sql.DB
	var err error
	if strings.HasPrefix(c.URL, "postgres://") || strings.HasPrefix(c.URL, "postgresql://") {
		s.dialect = postgres
		if write, err = sql.Open("pgx", c.URL); err != nil {
			return nil, unavailable(err)
		}
		s.reader = write
		write.SetMaxOpenConns(postgresReaders)
		write.SetMaxIdleConns(postgresReaders) // two would reconnect all day
		write.SetConnMaxIdleTime(5 * time.Minute)
	} else {
		if write, err = sql.Open("sqlite3", sqliteURL(c.URL, false)); err != nil {
			return nil, unavailable(err)
		}
		write.SetMaxOpenConns(1)
		if s.reader, err = sql.Open("sqlite3", sqliteURL(c.URL, true)); err != nil {
			return nil, unavailable(err)
		}
		s.reader.SetMaxOpenConns(sqliteReaders)
		s.reader.SetMaxIdleConns(sqliteReaders)
	}
	logf := c.Logf
	if logf == nil {
		logf = func(string, ...any) {}
	}
	s.writer = newWriter(write, s.dialect, logf)
	if err := s.migrate(ctx, write); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.writer.start()
	if err := s.checkKeys(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func sqliteURL(path string, read bool) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)"}}
	if read {
		q = url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)"}, "_txlock": {"deferred"}}
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// Close answers what is queued and closes the databases.
func (s *Store) Close() error {
	s.writer.stop()
	return s.close()
}

func (s *Store) close() error {
	err := s.writer.db.Close()
	if s.reader != s.writer.db {
		err = errors.Join(err, s.reader.Close())
	}
	return err
}

// Ready reads one row.
func (s *Store) Ready(ctx context.Context) error {
	var n int64
	return s.row(ctx, "SELECT seq FROM audit_head WHERE one = 1").scan(&n)
}

// unavailable marks trouble of the store itself.
func unavailable(err error) error {
	if err == nil {
		return nil
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
	return time.UnixMilli(ms)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

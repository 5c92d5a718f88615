package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// dialect is all in which the two databases differ: how a connection is made,
// how a transaction begins that no other writer is in, and how the one SQL is
// spelled.
type dialect struct {
	name   string
	begin  string
	spell  func(query string) string
	schema func(migration string) string
	// snapshot is how a reading transaction sees one state throughout.
	snapshot *sql.TxOptions
	// remote databases are reached through a connection that breaks by itself.
	remote bool
}

var sqlite = dialect{
	name: "sqlite",
	// Immediate: a transaction that reads first and locks later is refused
	// with BUSY when the operator's command writes in between.
	begin:  "BEGIN IMMEDIATE",
	spell:  func(q string) string { return q },
	schema: func(q string) string { return q },
	// Deferred, and on WAL: its first read is what it sees.
	snapshot: &sql.TxOptions{ReadOnly: true},
}

var postgres = dialect{
	name: "postgres",
	// The lock keeps the audit chain one chain across processes, and makes a
	// verb's reads and writes one step, as they are in SQLite. Read committed,
	// whatever the database's default: a stricter level would take its
	// snapshot before the lock is had, and read what is past.
	begin:    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(4857392011)",
	spell:    numbered,
	schema:   postgresSchema,
	snapshot: &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
	remote:   true,
}

// numbered turns ? into $1, $2, …: no query here has a ? in a literal.
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// postgresSchema spells a migration for PostgreSQL. Text compares by bytes, as
// in SQLite, whatever the database's locale: listings and ranges depend on it.
func postgresSchema(migration string) string {
	return strings.NewReplacer(
		"INTEGER", "BIGINT", "BLOB", "BYTEA", "TEXT", `TEXT COLLATE "C"`,
		") STRICT, WITHOUT ROWID", ")", ") STRICT", ")", "X''", `'\x'`,
	).Replace(migration)
}

const (
	// A few readers keep two to four cores busy; each costs a page cache.
	sqliteReaders   = 4
	postgresReaders = 16

	// waitForLock is how long a change waits for another process's. People
	// wait that long for a page; beyond it the truth is "unavailable".
	waitForLock = 5 * time.Second
	// answerLimit bounds a transaction on a connection that went silent.
	answerLimit = 15 * time.Second
)

// openSQLite opens the writing connection and the pool of reading ones.
func openSQLite(path string) (write, read *sql.DB, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, nil, err
	}
	busy := "busy_timeout(" + strconv.FormatInt(waitForLock.Milliseconds(), 10) + ")"
	// FULL: with NORMAL a power loss can un-spend what was spent (check L1).
	// A log of 16 MB before it is copied into the file: busy pages are copied
	// once rather than in each of several rounds.
	// secure_delete(fast) zeroes what is deleted where that costs no write.
	write, err = driver.Open(sqliteAddress(path, url.Values{"_pragma": {busy, "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)", "secure_delete(fast)", "trusted_schema(off)", "cache_size(-8000)", "wal_autocheckpoint(4000)"}}), plainPlans)
	if err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	read, err = driver.Open(sqliteAddress(path, url.Values{"_pragma": {busy, "query_only(on)", "trusted_schema(off)"}, "_txlock": {"deferred"}}), plainPlans)
	if err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return write, read, nil
}

// plainPlans keeps SQLite from planning a query anew for each value that a
// range is bounded by: with time in it, that was at every call.
func plainPlans(conn *sqlite3.Conn) error {
	_, err := conn.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true)
	return err
}

func sqliteAddress(path string, q url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// makePrivate makes the file before SQLite does, which would let others read
// it; its companions take its mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncFolder(path))
}

// syncFolder puts a new file's name on disk.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// openPostgres opens one pool; the writer keeps a connection of it.
func openPostgres(address string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// A process that froze inside a transaction must not keep the others
		// out; and where the operator turned synchronous_commit off, a power
		// loss could un-spend what was spent (check L1).
		_, err := conn.Exec(ctx, "SET lock_timeout = "+milliseconds(waitForLock)+"; SET idle_in_transaction_session_timeout = "+milliseconds(answerLimit)+
			"; SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
		return err
	}))
	db.SetMaxOpenConns(postgresReaders)
	db.SetMaxIdleConns(postgresReaders) // two would reconnect all day
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// limit makes a remote connection fail rather than wait beyond a time. A
// deadline on the socket costs nothing per statement, as a context would.
func (d dialect) limit(conn *sql.Conn, until time.Time) error {
	if !d.remote {
		return nil
	}
	return conn.Raw(func(driverConn any) error {
		return driverConn.(*stdlib.Conn).Conn().PgConn().Conn().SetDeadline(until)
	})
}

// errBroken says that the database gave a transaction up by itself.
var errBroken = errors.New("the transaction was given up by the database")

// whole asks whether the connection is still inside an unspoiled transaction.
// Both databases may leave one behind their caller's back: SQLite rolls back
// when the disk is full, and then commits each further statement by itself;
// PostgreSQL answers a COMMIT of a spoiled transaction with success.
func (d dialect) whole(conn *sql.Conn) error {
	return conn.Raw(func(driverConn any) error {
		intact := false
		if d.remote {
			intact = driverConn.(*stdlib.Conn).Conn().PgConn().TxStatus() == 'T'
		} else {
			intact = !driverConn.(driver.Conn).Raw().GetAutocommit()
		}
		if !intact {
			return errBroken
		}
		return nil
	})
}

package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable names the running cluster to test processes, as a DSN of its
// maintenance database.
const Variable = "COUNTERSIGN_TEST_POSTGRES"

// ErrAbsent says that this machine has no PostgreSQL server to start.
var ErrAbsent = errors.New("postgrestest: no PostgreSQL server is installed")

// ErrOnlyRoot says that root is the only user there is to run a server as.
var ErrOnlyRoot = errors.New("postgrestest: PostgreSQL refuses to run as root, and no user postgres or nobody exists")

const (
	superuser = "countersign"

	// startLimit is far above the second that a start takes: a loaded
	// two-core machine has been seen to need eight.
	startLimit = 60 * time.Second

	// connectionLimit allows every package's tests their pools at once; the
	// default of 100 was met by 64 parallel callers on two packages.
	connectionLimit = "400"
)

// Cluster is a running PostgreSQL that only this machine's tests reach.
type Cluster struct {
	dir    string
	server *exec.Cmd
	exited chan error
	log    *bytes.Buffer
}

// Start makes a cluster and waits until it answers. The caller owes a Stop.
func Start(ctx context.Context) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	credential, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// A socket's path may have 107 bytes at most; a deep TMPDIR would exceed them.
	dir, err := os.MkdirTemp("/tmp", "countersign-pg-")
	if err != nil {
		return nil, fmt.Errorf("postgrestest: %w", err)
	}
	if credential != nil {
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			return nil, errors.Join(fmt.Errorf("postgrestest: %w", err), os.RemoveAll(dir))
		}
	}
	c := &Cluster{dir: dir, exited: make(chan error, 1), log: new(bytes.Buffer)}
	if err := c.initialise(ctx, bin, credential); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.serve(ctx, bin, credential); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// DSN addresses the cluster's maintenance database.
func (c *Cluster) DSN() string { return dsn(c.dir, "postgres") }

// Stop ends the server at once and deletes the cluster: nobody needs its bytes.
func (c *Cluster) Stop() error {
	if c.server != nil && c.server.Process != nil {
		// SIGQUIT is PostgreSQL's immediate shutdown; it ends the children too.
		_ = c.server.Process.Signal(syscall.SIGQUIT)
		<-c.exited
	}
	return os.RemoveAll(c.dir)
}

func dsn(socketDir, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	u.RawQuery = url.Values{"host": {socketDir}, "sslmode": {"disable"}}.Encode()
	return u.String()
}

func (c *Cluster) initialise(ctx context.Context, bin string, credential *syscall.Credential) error {
	// Trust is safe here: the socket's directory has mode 0700.
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"),
		"--pgdata", filepath.Join(c.dir, "cluster"), "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	initdb.Dir = c.dir
	initdb.Env = environment()
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("postgrestest: initdb: %w\n%s", err, out)
	}
	return nil
}

func (c *Cluster) serve(ctx context.Context, bin string, credential *syscall.Credential) error {
	// Durability is off: a test run that loses power starts again. The tests
	// that cut the power do it below SQLite, in a file system of their own.
	server := exec.Command(filepath.Join(bin, "postgres"),
		"-D", filepath.Join(c.dir, "cluster"), "-k", c.dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections="+connectionLimit, "-c", "log_min_messages=fatal")
	server.Dir = c.dir
	server.Env = environment()
	server.Stdout, server.Stderr = c.log, c.log
	// An own process group: Ctrl-C on the run reaches the tests first, and the
	// server ends by Stop, after them.
	server.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true}
	if err := server.Start(); err != nil {
		return fmt.Errorf("postgrestest: %w", err)
	}
	c.server = server
	go func() { c.exited <- server.Wait() }()
	return c.await(ctx)
}

func (c *Cluster) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.DSN())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-retry.C:
		case exit := <-c.exited:
			c.exited <- exit // Stop waits for it too
			return fmt.Errorf("postgrestest: the server ended while starting: %w\n%s", exit, c.log)
		case <-ctx.Done():
			return fmt.Errorf("postgrestest: the server did not answer: %w", errors.Join(ctx.Err(), err))
		}
	}
}

// programs finds the folder of initdb and postgres. Debian keeps them out of
// PATH, one folder per major version; the newest is taken.
func programs() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "initdb")); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrAbsent
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })
	return filepath.Dir(newest), nil
}

func major(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// unprivileged names the user that runs the server when the caller is root,
// and nothing when the caller is an ordinary user.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("postgrestest: user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("postgrestest: user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, ErrOnlyRoot
}

// environment keeps the caller's PG* variables away from the server.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

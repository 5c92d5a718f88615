package checks

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
	"github.com/countersign-id/countersign/internal/postgrestest"
)

// server is the real one, on loopback, with a clock that tests move.
type server struct {
	*serve.Server
	t      *testing.T
	issuer string
	folder string
	offset atomic.Int64 // of its clock, in milliseconds
	frozen atomic.Int64 // its clock, in Unix milliseconds, while it stands still; 0 while it runs
	logged *logged
}

// logged keeps what the server logs, for the search of check K1.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// each runs a check on both databases.
func each(t *testing.T, check func(t *testing.T, s *server)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); check(t, start(t, proxied)) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn := postgrestest.DSN(t)
		check(t, start(t, func(c *serve.Config) { proxied(c); c.Database = dsn }))
	})
}

func start(t *testing.T, change func(*serve.Config)) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, folder: t.TempDir(), logged: &logged{}}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	s.issuer = "http://localhost:" + port
	config := serve.Defaults()
	config.Listen, config.Issuer, config.Folder = listener.Addr().String(), s.issuer, s.folder
	if change != nil {
		change(&config)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.Server, err = serve.New(ctx, config, slog.New(slog.NewTextHandler(s.logged, nil)), s.now)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !strings.Contains(err.Error(), "Server closed") {
			t.Errorf("the server ended with %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
		if strings.Contains(s.logged.String(), "panic") {
			t.Errorf("the server met a defect:\n%s", s.logged)
		}
	})
	return s
}

func (s *server) now() time.Time {
	if at := s.frozen.Load(); at != 0 {
		return time.UnixMilli(at)
	}
	return time.Now().Add(time.Duration(s.offset.Load()) * time.Millisecond)
}

// advance moves the server's clock.
func (s *server) advance(d time.Duration) {
	s.offset.Add(d.Milliseconds())
	if s.frozen.Load() != 0 {
		s.frozen.Add(d.Milliseconds())
	}
}

// stopClock makes the server's clock stand still at a time.
func (s *server) stopClock(at time.Time) { s.frozen.Store(at.UnixMilli()) }

// proxied lets the browsers of a test say where they are (browser.from), as a
// proxy in front of the server would: an attack comes from many addresses.
func proxied(c *serve.Config) { c.BehindProxy = []string{"127.0.0.1", "::1"} }

const goodPassword = "correct horse battery"

// account makes an account with goodPassword.
func (s *server) account(name string) countersign.Account {
	s.t.Helper()
	a, err := s.Admin.CreateAccount(context.Background(), name, "", countersign.Person, countersign.NewSecret([]byte(goodPassword)))
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// party registers a relying party.
func (s *server) party(redirect string) (countersign.Client, string) {
	s.t.Helper()
	c, secret, err := s.Admin.CreateClient(context.Background(), admin.NewClient{Name: "Payroll", RedirectURIs: []string{redirect}, LogoutURIs: []string{"https://payroll.example.org/out"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return c, secret
}

// events counts an account's audit events of a kind.
func (s *server) events(accountID, kind string) int {
	s.t.Helper()
	rows, err := s.Store.AuditEvents(context.Background(), auditQuery(accountID, kind))
	if err != nil {
		s.t.Fatal(err)
	}
	return len(rows)
}

func (s *server) url(format string, args ...any) string {
	return s.issuer + fmt.Sprintf(format, args...)
}

// at reads an address that the server sent, relative to itself.
func (s *server) at(location string) *url.URL {
	s.t.Helper()
	base, _ := url.Parse(s.issuer)
	u, err := base.Parse(location)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// race runs n callers at once and returns what each got.
func race[T any](n int, act func(i int) T) []T {
	out := make([]T, n)
	var begin, group sync.WaitGroup
	begin.Add(1)
	for i := range n {
		group.Go(func() {
			begin.Wait()
			out[i] = act(i)
		})
	}
	begin.Done()
	group.Wait()
	return out
}

func count[T any](all []T, is func(T) bool) int {
	n := 0
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return n
}

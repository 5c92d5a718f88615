package store_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
	"github.com/countersign-id/countersign/store/conformance"
)

// The callers of a busy server; the writer commits them together.
const benchCallers = 64

// bench is a store with accounts in it, each with a phone, a session and an
// authenticator.
type bench struct {
	*testing.B
	ctx   context.Context
	s     *store.Store
	place conformance.Place
	now   time.Time
	n     int
}

func eachPlace(b *testing.B, accounts []int, run func(*bench)) {
	for name, open := range map[string]func(testing.TB) conformance.Place{"sqlite": sqlitePlace, "postgres": postgresPlace} {
		for _, n := range accounts {
			b.Run(fmt.Sprintf("%s/accounts=%d", name, n), func(b *testing.B) {
				run(newBench(b, open(b), n))
			})
		}
	}
}

func newBench(b *testing.B, place conformance.Place, n int) *bench {
	b.Helper()
	log.SetOutput(io.Discard)
	w := &bench{B: b, ctx: context.Background(), place: place, now: time.UnixMilli(1_790_000_000_000), n: n}
	keys, err := store.OpenKeyring(place.KeyFile)
	if err != nil {
		b.Fatal(err)
	}
	if w.s, err = store.Open(w.ctx, store.Config{URL: place.URL, Keys: keys}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = w.s.Close() })
	w.fill()
	return w
}

// fill writes past the store: making 100,000 accounts is not what is measured.
func (w *bench) fill() {
	w.Helper()
	ms := w.now.UnixMilli()
	number := "SELECT value AS n FROM (WITH RECURSIVE c(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM c WHERE value + 1 < %d) SELECT value FROM c) AS numbers"
	if w.place.Numbered {
		number = "SELECT n FROM generate_series(0, %d - 1) AS n"
	}
	number = fmt.Sprintf(number, w.n)
	zero := "X'00'"
	if w.place.Numbered {
		zero = `'\x00'`
	}
	for _, q := range []string{
		"INSERT INTO account (id, name, display, state, role, password, created_at) SELECT 'a' || n, 'name' || n, '', 'active', 'person', '', 1 FROM (%[1]s) AS x",
		"INSERT INTO device (id, account_id, name, platform, version, key, state, created_at, seen_at) SELECT 'd' || n, 'a' || n, 'Phone', 'ios', '1', %[2]s, 'active', 1, 1 FROM (%[1]s) AS x",
		"INSERT INTO passcode (id, account_id, name, secret, algorithm, digits, period, last_step, active, created_at) SELECT 'p' || n, 'a' || n, '', %[2]s, 'SHA1', 6, 30, 0, 1, 1 FROM (%[1]s) AS x",
		"INSERT INTO session (key, account_id, amr, acr, authenticated_at, created_at, seen_at, address, agent) SELECT 's' || n, 'a' || n, 'pwd mfa', '', %[3]d, %[3]d, %[3]d, '192.0.2.7', 'Mozilla' FROM (%[1]s) AS x",
		"INSERT INTO signin (id, secret_hash, account_id, name, client_id, return_to, address, agent, known, fresh, state, created_at, expires_at, password_at) SELECT 'i' || n, %[2]s, 'a' || n, '', '', '', '', '', 0, '', 'open', %[3]d, %[3]d + 600000, %[3]d FROM (%[1]s) AS x",
		"INSERT INTO client (id, name, host, secret_hash, redirect_uris, logout_uris, algorithm, created_at) VALUES ('client', '', '', %[2]s, '[]', '[]', 'ES256', 1)",
	} {
		w.exec(fmt.Sprintf(q, number, zero, ms))
	}
	w.exec("ANALYZE")
}

func (w *bench) exec(query string) {
	w.Helper()
	// A verb that takes no arguments has %!(EXTRA …) at its end.
	query, _, _ = strings.Cut(query, "%!(EXTRA")
	if _, err := w.place.Database.Exec(query); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
}

// many runs b.N calls by so many callers and tells what each costs this
// process in CPU.
func (w *bench) many(callers int, call func(i int) error) {
	w.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	w.ReportAllocs()
	w.ResetTimer()
	before := cpu()
	began := time.Now()
	for range callers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(w.N); i = next.Add(1) - 1 {
				if err := call(int(i)); err != nil {
					w.Error(i, err)
					return
				}
			}
		})
	}
	all.Wait()
	w.StopTimer()
	w.ReportMetric(float64((cpu()-before).Microseconds())/float64(w.N), "cpu-µs/op")
	w.ReportMetric(float64(w.N)/time.Since(began).Seconds(), "ops/s")
}

func cpu() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (w *bench) event(kind, account string) countersign.Event {
	return countersign.Event{At: w.now, Kind: kind, AccountID: account, Actor: "device:" + account, Subject: account, Address: "192.0.2.7"}
}

func (w *bench) id(letter string, i int) string { return letter + strconv.Itoa(i%w.n) }

var sizes = []int{1000, 100_000}

func BenchmarkReadSession(b *testing.B) {
	eachPlace(b, sizes, func(w *bench) {
		w.many(2, func(i int) error {
			_, err := w.s.Session(w.ctx, w.id("s", i*7919))
			return err
		})
	})
}

func BenchmarkReadClient(b *testing.B) {
	eachPlace(b, []int{1000}, func(w *bench) {
		w.many(2, func(i int) error {
			_, err := w.s.Client(w.ctx, "client")
			return err
		})
	})
}

func BenchmarkReserve(b *testing.B) {
	eachPlace(b, sizes, func(w *bench) {
		for _, callers := range []int{1, benchCallers} {
			w.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
				w := *w
				w.B = b
				w.many(callers, func(i int) error {
					_, _, err := w.s.Reserve(w.ctx, w.id("a", i*7919), countersign.FactorPassword, countersign.Limits{Free: 1 << 30, End: 1 << 30}, w.now)
					return err
				})
			})
		}
	})
}

// One round is what a passcode costs: counted, then spent.
func BenchmarkReserveAndSpend(b *testing.B) {
	eachPlace(b, sizes, func(w *bench) {
		w.many(benchCallers, func(i int) error {
			at := w.now
			if _, _, err := w.s.Reserve(w.ctx, w.id("a", i), countersign.FactorPasscode, countersign.PasscodeLimits, at); err != nil {
				return err
			}
			return w.s.SpendPasscode(w.ctx, w.id("i", i), w.id("p", i), int64(1+i/w.n), at, w.event("passcode.proved", w.id("a", i)), w.event("passcode.spent-again", w.id("a", i)))
		})
	})
}

func BenchmarkDecide(b *testing.B) {
	eachPlace(b, sizes, func(w *bench) {
		for i := 0; i < w.N; i += 10_000 {
			// Past the store too: only the decision is measured.
			first, past := i, min(i+10_000, w.N)
			numbers := fmt.Sprintf("SELECT value AS n FROM (WITH RECURSIVE c(value) AS (SELECT %d UNION ALL SELECT value + 1 FROM c WHERE value + 1 < %d) SELECT value FROM c) AS numbers", first, past)
			empty := "X''"
			if w.place.Numbered {
				numbers = fmt.Sprintf("SELECT n FROM generate_series(%d, %d - 1) AS n", first, past)
				empty = `'\x'`
			}
			w.exec(fmt.Sprintf("INSERT INTO approval (id, signin_id, account_id, purpose, client_id, nonce, number, context, known, source, state, signature, asked_at, not_after) "+
				"SELECT 'r' || n, 'i' || (n %% %d), 'a' || (n %% %d), 'sign-in', '-', 'nonce', '47', '{}', 1, '192.0.2.7', 'pending', %s, %d, %d FROM (%s) AS x",
				w.n, w.n, empty, w.now.UnixMilli(), w.now.Add(time.Minute).UnixMilli(), numbers))
		}
		signature := make([]byte, 64)
		w.many(benchCallers, func(i int) error {
			account := w.id("a", i)
			_, err := w.s.Decide(w.ctx, countersign.Deciding{ApprovalID: "r" + strconv.Itoa(i), DeviceID: w.id("d", i), Decision: countersign.Approve, Number: "47", Signature: signature, Now: w.now,
				Event: func(kind string) countersign.Event { return w.event(kind, account) }})
			return err
		})
	})
}

// One round is a sign-in by phone to a relying party, as the store sees it.
func BenchmarkSignIn(b *testing.B) {
	eachPlace(b, sizes, func(w *bench) {
		var run atomic.Int64
		w.many(benchCallers, func(i int) error {
			account, id := w.id("a", i), strconv.FormatInt(run.Add(1), 10)
			in := countersign.SignIn{ID: "in" + id, SecretHash: []byte(id), AccountID: account, Name: "name", Address: "192.0.2.7", Agent: "Mozilla/5.0", State: countersign.SignInOpen, Created: w.now, Expires: w.now.Add(time.Minute)}
			r := countersign.Approval{ID: "ask" + id, SignInID: in.ID, AccountID: account, Purpose: countersign.PurposeSignIn, ClientID: "client", Number: "47", Context: strings.Repeat("c", 300), Known: true, Source: "192.0.2.7", Asked: w.now, NotAfter: w.now.Add(time.Minute)}
			if err := w.s.BeginSignIn(w.ctx, in, &r, w.event("signin.begun", account)); err != nil {
				return err
			}
			if _, err := w.s.Decide(w.ctx, countersign.Deciding{ApprovalID: r.ID, DeviceID: w.id("d", i), Decision: countersign.Approve, Number: "47", Signature: make([]byte, 64), Now: w.now,
				Event: func(kind string) countersign.Event { return w.event(kind, account) }}); err != nil {
				return err
			}
			session := countersign.Session{Key: "key" + id, AccountID: account, AMR: []string{"swk", "mca"}, Authenticated: w.now, Created: w.now, Seen: w.now, Address: "192.0.2.7", Agent: "Mozilla/5.0"}
			if err := w.s.FinishSignIn(w.ctx, in.ID, []byte(id), session, []byte("browser"), w.now, w.event("signin.finished", account)); err != nil {
				return err
			}
			return w.s.RedeemCode(w.ctx, countersign.Grant{ID: "code" + id, ClientID: "client", AccountID: account, Session: session.Key, Scope: "openid", AccessHash: []byte(id), AccessExpires: w.now.Add(time.Minute), Created: w.now}, w.now, w.event("grant.redeemed", account))
		})
	})
}

func BenchmarkVerifyAudit(b *testing.B) {
	eachPlace(b, []int{1000}, func(w *bench) {
		var all sync.WaitGroup
		for range benchCallers {
			all.Go(func() {
				for i := range 200 {
					_ = w.s.SpendPasscode(w.ctx, w.id("i", i), w.id("p", i), 0, w.now, w.event("passcode.proved", ""), w.event("passcode.spent-again", ""))
				}
			})
		}
		all.Wait()
		rows, _, _, err := w.s.VerifyAudit(w.ctx)
		if err != nil || rows == 0 {
			w.Fatal(rows, err)
		}
		w.many(1, func(int) error {
			_, _, _, err := w.s.VerifyAudit(w.ctx)
			return err
		})
		w.ReportMetric(float64(rows), "rows/op")
	})
}

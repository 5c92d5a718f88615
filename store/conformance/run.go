package conformance

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/store"
)

// Place is where a store under test keeps its bytes.
type Place struct {
	URL      string
	KeyFile  string
	Database *sql.DB // past the store: to look, and to do damage
	// Numbered databases write $1 where others write ?.
	Numbered bool
}

// claims is the suite.
var claims = []struct {
	claim string
	holds func(*world)
}{
	{"an account's name is taken once", accountNameOnce},
	{"accounts are listed by name, within a prefix", accountsListed},
	{"G3: a new password ends what the old one opened", passwordEndsOthers},
	{"B8: locking ends everything under way and keeps it from starting", lockingEnds},
	{"deleting an account leaves its audit log alone", deletingAccount},
	{"M3: the setup code makes one owner, within ten tries", setupOnce},
	{"M3: ‖64 setup codes make one owner", setupRaced},
	{"a sign-in gathers evidence only while it is open", evidenceOnlyWhileOpen},
	{"B11: the wrong browser finishes nothing and burns nothing", finishForeign},
	{"B11: ‖64 finishes make one session", finishRaced},
	{"B8: a locked account finishes no sign-in", finishLocked},
	{"a sign-in that proved nothing makes no session", finishUnproved},
	{"G1: a renewed session has a new id, and what hangs on it goes on", finishRenews},
	{"leaving a sign-in ends its request", leavingEnds},
	{"B5: three requests wait per kind of browser, the newest ends the oldest", pendingCap},
	{"a request asked again ends the one before", askedAgain},
	{"B9: decoys are kept alike and wait for nobody", decoys},
	{"B12: a decision counts until the last millisecond", decidedInTime},
	{"B2: three wrong numbers end every waiting request", threeMisses},
	{"B2: ‖64 wrong numbers are counted, three are looked at", missesRaced},
	{"B3: the same decision again is answered as recorded", decidedAgain},
	{"B6: deny and report end the siblings from the same source", refusalEndsSiblings},
	{"B10: approve ‖ deny ‖128 reach one state and one event", decideRaced},
	{"B8: a locked account, a foreign or removed phone decides nothing", decideRefused},
	{"an approval of a sign-in that is over proves nothing", approvalTooLate},
	{"A1: a step is spent once, and nothing at or before it", spentOnce},
	{"A2: ‖64 spend one step once", spendRaced},
	{"a locked account or a removed authenticator spends nothing", spendRefused},
	{"an authenticator is confirmed once", passcodeConfirmed},
	{"A3: attempts are counted before comparing, ‖64 too", reserveCounts},
	{"E2: ‖64 claims of one binding code make one device", claimRaced},
	{"E2: a binding code that is spent, expired or unknown looks the same", claimRefused},
	{"C2: three wrong safety codes kill the binding and the phone", safetyCodes},
	{"a safety code activates the phone, in its own session alone", safetyRight},
	{"three bindings are under way, the newest ends the oldest", bindingCap},
	{"E4: removing a phone ends the account's requests", deviceRevoked},
	{"G3: ended sessions take their grants and bindings with them", sessionsEnd},
	{"G2: an idle session is not brought back by a late touch", touchTooLate},
	{"H2: ‖64 redemptions give one grant, which ends", redeemRaced},
	{"H2: a code is redeemed for a live session and a known client", redeemRefused},
	{"clients are kept whole and forgotten when deleted", clientsKept},
	{"one signing key signs per algorithm", signingKeys},
	{"notices are told newest first", noticesListed},
	{"what strangers send is kept readable", hostileText},
	{"M1: an act whose audit cannot be written did not happen", auditFails},
	{"M1: verify names the row that was edited, removed, moved or added", auditDamaged},
	{"audit rows are found by account and kind", auditListed},
	{"K2: nothing sealed is found in the database", sealedAtRest},
	{"K2: a seed moved to another account opens no more", seedMoved},
	{"K2: new keys seal anew, and old ones are needed no more", resealed},
	{"L3: a lost or foreign key file refuses to open", keyFileLost},
	{"a named secret is made once, by ‖16 too", serverSecretOnce},
	{"a caller who gave up is not served, one who is served hears the truth", cancelled},
	{"one failing verb fails alone in its batch", failsAlone},
	{"a closed store says so", closed},
	{"what is over is pruned, what is needed stays", pruned},
	{"L2: spend, decide and redeem are linearizable", linearizable},
}

// Run holds every claim against stores that begin empty.
func Run(t *testing.T, empty func(t testing.TB) Place) {
	for _, c := range claims {
		t.Run(c.claim, func(t *testing.T) {
			t.Parallel()
			c.holds(newWorld(t, empty(t)))
		})
	}
}

// world is a store with a clock that only the test moves.
type world struct {
	*testing.T
	ctx   context.Context
	place Place
	s     *store.Store
	now   time.Time
}

func newWorld(t *testing.T, place Place) *world {
	w := &world{T: t, ctx: context.Background(), place: place, now: time.UnixMilli(1_790_000_000_000)}
	w.s = w.open()
	return w
}

func (w *world) tryOpen(keyFile string) (*store.Store, error) {
	w.Helper()
	keys, err := store.OpenKeyring(keyFile)
	if err != nil {
		return nil, err
	}
	// What goes wrong in the tests goes wrong on purpose; a log of it after
	// the test's end would be a race.
	return store.Open(w.ctx, store.Config{URL: w.place.URL, Keys: keys})
}

func (w *world) open() *store.Store {
	w.Helper()
	s, err := w.tryOpen(w.place.KeyFile)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.Error(err)
		}
	})
	return s
}

// reopened is the same place, opened by another process, as far as it knows.
func (w *world) reopened() *world {
	w.Helper()
	other := *w
	other.s = w.open()
	return &other
}

func (w *world) later(d time.Duration) { w.now = w.now.Add(d) }

// damage writes past the store.
func (w *world) damage(query string, args ...any) {
	w.Helper()
	if _, err := w.place.Database.ExecContext(w.ctx, w.spell(query), args...); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
}

// count reads one number past the store.
func (w *world) count(query string, args ...any) int {
	w.Helper()
	var n int
	if err := w.place.Database.QueryRowContext(w.ctx, w.spell(query), args...).Scan(&n); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	return n
}

func (w *world) spell(query string) string {
	if !w.place.Numbered {
		return query
	}
	for n := 1; strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", "$"+string(rune('0'+n)), 1)
	}
	return query
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// wants holds an error against what it should be; nil is one too.
func (w *world) wants(what string, got, want error) {
	w.Helper()
	if !errors.Is(got, want) || (want == nil) != (got == nil) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// events counts audit rows of a kind.
func (w *world) events(kind string) int {
	w.Helper()
	rows, err := w.s.AuditEvents(w.ctx, store.AuditQuery{Kind: kind})
	w.must(err)
	return len(rows)
}

func (w *world) sound() {
	w.Helper()
	if _, bad, reason, err := w.s.VerifyAudit(w.ctx); err != nil || bad != nil {
		w.Errorf("the audit log does not verify: row %v, %s, %v", bad, reason, err)
	}
}

// together runs n callers that start at once.
func together(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

// tally holds what n callers got against what they should: so many of each.
func (w *world) tally(what string, got []error, want map[error]int) {
	w.Helper()
	left := make(map[error]int)
	for kind, n := range want {
		left[kind] = n
	}
	for _, err := range got {
		i := slices.IndexFunc(sentinels, func(kind error) bool { return errors.Is(err, kind) && (kind == nil) == (err == nil) })
		if i < 0 {
			w.Errorf("%s: %v", what, err)
			continue
		}
		left[sentinels[i]]--
	}
	for kind, n := range left {
		if n != 0 {
			w.Errorf("%s: got %d × %v, want %d", what, want[kind]-n, kind, want[kind])
		}
	}
}

var sentinels = []error{nil, countersign.ErrNotFound, countersign.ErrSpent, countersign.ErrOver, countersign.ErrThrottled, countersign.ErrWrong,
	countersign.ErrLocked, countersign.ErrForeign, countersign.ErrExpired, countersign.ErrUnavailable}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails: crypto/rand
	return countersign.IDOf(b)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails: crypto/rand
	return b
}

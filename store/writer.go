package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// writer runs every change of this process, one verb after the other. What
// waits while one transaction commits goes into the next one together: 64
// callers pay for one fsync.
type writer struct {
	db      *sql.DB
	dialect dialect
	logf    func(format string, args ...any)
	queue   chan *verb
	stopped chan struct{}
	once    sync.Once
	mu      sync.RWMutex // guards closing the queue
	closed  bool
	since   atomic.Int64 // Unix ms at which the batch under way began; 0 when idle

	tx *tx // nil while there is no connection
}

// verb is one change on its way. Its act may run more than once, each time
// from the start and after everything of the time before was undone; so it
// must set, not add to, what it gives to its caller.
//
//	waiting ──its turn──▶ begun ──▶ answered
//	   └──caller gave up──▶ dropped
type verb struct {
	ctx    context.Context
	act    func(*tx) error
	state  atomic.Int32
	err    error
	answer chan error // answered once
}

const (
	waiting int32 = iota
	begun
	dropped
)

const (
	queueLength = 1024
	batchLimit  = 256 // bounds how long the first of a batch waits for the last
)

func newWriter(db *sql.DB, d dialect, logf func(string, ...any)) *writer {
	return &writer{db: db, dialect: d, logf: logf, queue: make(chan *verb, queueLength), stopped: make(chan struct{})}
}

func (w *writer) start() { go w.run() }

func (w *writer) stop() {
	w.once.Do(func() {
		w.mu.Lock()
		w.closed = true
		close(w.queue)
		w.mu.Unlock()
		<-w.stopped
		w.disconnect()
	})
}

func (w *writer) stuck(now time.Time) bool {
	since := w.since.Load()
	return since != 0 && now.UnixMilli()-since > answerLimit.Milliseconds()
}

// write runs act in a transaction and answers when it is on disk. An error of
// act undoes act alone. A caller who gives up before its turn is dropped;
// after that it is told the truth, however long that takes.
//
// ErrUnavailable from a commit whose answer was lost says "not known": the
// verbs refuse to happen twice, so asking again is safe.
func (s *Store) write(ctx context.Context, act func(*tx) error) error {
	v := &verb{ctx: ctx, act: act, answer: make(chan error, 1)}
	if err := s.writer.enqueue(v); err != nil {
		return err
	}
	select {
	case err := <-v.answer:
		return err
	case <-ctx.Done():
		if v.state.CompareAndSwap(waiting, dropped) {
			return unavailable(ctx.Err())
		}
		return <-v.answer
	}
}

var errClosed = fmt.Errorf("%w: the store is closed", countersign.ErrUnavailable)

func (w *writer) enqueue(v *verb) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- v:
		return nil
	case <-v.ctx.Done():
		return unavailable(v.ctx.Err())
	}
}

// later runs act some time, without an answer: for comfort such as "last
// seen", which must neither wait nor fail a call.
func (s *Store) later(act func(*tx) error) {
	w := s.writer
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return
	}
	select {
	case w.queue <- &verb{ctx: context.Background(), act: act, answer: make(chan error, 1)}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	batch := make([]*verb, 0, batchLimit)
	for first := range w.queue {
		w.since.Store(time.Now().UnixMilli())
		batch = w.gather(append(batch[:0], first))
		w.settle(batch)
		clear(batch)
		w.since.Store(0)
	}
}

func (w *writer) gather(batch []*verb) []*verb {
	for len(batch) < batchLimit {
		select {
		case v, open := <-w.queue:
			if !open {
				return batch
			}
			batch = append(batch, v)
		default:
			return batch
		}
	}
	return batch
}

// settle commits a batch and answers all of it.
func (w *writer) settle(batch []*verb) {
	wanted := batch[:0]
	for _, v := range batch {
		if v.begin() {
			wanted = append(wanted, v)
		}
	}
	if len(wanted) == 0 {
		return
	}
	undone, err := w.commit(wanted)
	if undone && len(wanted) > 1 {
		// One verb spoiled the transaction for all, and nothing of it was
		// kept. Each by itself finds out which.
		err = nil
		for _, v := range wanted {
			if err == nil || w.tx != nil {
				_, err = w.commit([]*verb{v})
			}
			v.finish(err)
		}
		return
	}
	for _, v := range wanted {
		v.finish(err)
	}
}

func (v *verb) begin() bool {
	if !v.state.CompareAndSwap(waiting, begun) {
		return false
	}
	if err := v.ctx.Err(); err != nil {
		v.answer <- unavailable(err)
		return false
	}
	return true
}

func (v *verb) finish(transaction error) {
	if transaction != nil && v.err == nil {
		v.err = unavailable(transaction)
	}
	v.answer <- v.err
}

// disconnect gives the connection up for good: it may hold a transaction, so
// it must not go back into the pool.
func (w *writer) disconnect() {
	if w.tx == nil {
		return
	}
	_ = w.tx.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.tx.conn.Close()
	w.tx = nil
}

// connect begins a transaction on the connection there is, or on a new one
// when that one broke since it was last used.
func (w *writer) connect() (err error) {
	for _, fresh := range []bool{w.tx == nil, true} {
		if w.tx == nil {
			conn, err := w.db.Conn(context.Background())
			if err != nil {
				return err
			}
			w.tx = newTx(conn, w.dialect)
		}
		if err = w.dialect.limit(w.tx.conn, time.Now().Add(answerLimit)); err == nil {
			if err = w.tx.begin(); err == nil {
				return nil
			}
		}
		w.disconnect()
		if fresh || !w.dialect.remote {
			return err
		}
	}
	return err
}

// commit runs verbs in one transaction. Its error means that it failed as a
// whole; undone, that nothing of it was kept for certain.
func (w *writer) commit(batch []*verb) (undone bool, err error) {
	for _, v := range batch {
		v.err = nil
	}
	if err := w.connect(); err != nil {
		w.logf("store: no transaction could be begun: %v", err)
		return false, err // the next attempt would wait as long and fail alike
	}
	t := w.tx
	kept := 0
	for _, v := range batch {
		if err := w.one(t, v); err != nil {
			w.rollback()
			if len(batch) == 1 {
				return false, nil // it failed, and it knows why
			}
			w.logf("store: %d changes are tried again one by one: %v", len(batch), err)
			return true, err
		}
		if v.err == nil {
			kept++
		}
	}
	if kept == 0 {
		w.rollback()
		return false, nil
	}
	if err := t.keepHead(); err != nil {
		w.logf("store: the head of the audit log cannot be written: %v", err)
		w.rollback()
		return true, err
	}
	err = w.dialect.whole(t.conn)
	if err == nil {
		err = t.control("COMMIT")
	}
	if err != nil {
		w.logf("store: commit: %v", err)
		w.rollback()
		return false, err
	}
	return false, nil
}

func (w *writer) rollback() {
	if err := w.tx.control("ROLLBACK"); err != nil {
		w.disconnect()
	}
}

// one runs a verb. The error it returns is the transaction's, which the verb's
// failure has spoiled; the verb keeps its own.
func (w *writer) one(t *tx, v *verb) error {
	t.changed = false
	head := t.head
	v.err = w.guarded(t, v.act)
	if v.err == nil {
		return nil
	}
	t.head = head
	if err := t.intact(); err != nil {
		return errors.Join(v.err, err)
	}
	return nil
}

// guarded keeps a defect in one verb from ending the writer for all.
func (w *writer) guarded(t *tx, act func(*tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.logf("store: a verb broke off: %v\n%s", v, debug.Stack())
			err = fmt.Errorf("store: a verb broke off: %v", v)
		}
	}()
	return act(t)
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	countersign "github.com/countersign-id/countersign"
)

// writer runs every change of this process. What waits while one transaction
// commits goes into the next one together: 64 callers pay for one fsync.
type writer struct {
	db      *sql.DB
	dialect dialect
	logf    func(format string, args ...any)
	queue   chan *change
	stopped chan struct{}
	once    sync.Once
	mu      sync.RWMutex // guards closing the queue
	closed  bool

	conn *sql.Conn
	tx   *tx
}

type change struct {
	ctx    context.Context
	act    func(*tx) error
	err    error
	failed chan error // answered once
}

const (
	queueLength = 1024
	batchLimit  = 256 // bounds how long the first of a batch waits for the last
)

func newWriter(db *sql.DB, d dialect, logf func(string, ...any)) *writer {
	return &writer{db: db, dialect: d, logf: logf, queue: make(chan *change, queueLength), stopped: make(chan struct{})}
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

// write runs act in a transaction and answers when it is on disk. An error of
// act undoes act alone. A caller who gives up before its turn is dropped;
// after that it is told the truth.
func (s *Store) write(ctx context.Context, act func(*tx) error) error {
	c := &change{ctx: ctx, act: act, failed: make(chan error, 1)}
	if err := s.writer.enqueue(ctx, c); err != nil {
		return err
	}
	return <-c.failed
}

var errClosed = fmt.Errorf("%w: the store is closed", countersign.ErrUnavailable)

func (w *writer) enqueue(ctx context.Context, c *change) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- c:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err())
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
	case w.queue <- &change{ctx: context.Background(), act: act, failed: make(chan error, 1)}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	batch := make([]*change, 0, batchLimit)
	for first := range w.queue {
		batch = append(batch[:0], first)
	gather:
		for len(batch) < batchLimit {
			select {
			case c, open := <-w.queue:
				if !open {
					break gather
				}
				batch = append(batch, c)
			default:
				break gather
			}
		}
		err := w.commit(batch)
		if err != nil {
			w.logf("store: %v", err)
			w.disconnect()
		}
		for _, c := range batch {
			if err != nil && c.err == nil {
				c.err = unavailable(err)
			}
			c.failed <- c.err
		}
	}
}

func (w *writer) disconnect() {
	if w.tx != nil {
		w.tx.forget()
		w.tx = nil
	}
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

func (w *writer) connect() error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return err
	}
	w.conn, w.tx = conn, newTx(conn, w.dialect)
	return nil
}

// commit runs a batch in one transaction. Its error means that nothing of the
// batch was kept.
func (w *writer) commit(batch []*change) (err error) {
	for _, c := range batch {
		c.err = nil
	}
	if err := w.connect(); err != nil {
		return err
	}
	t := w.tx
	t.begin()
	for i, q := range w.dialect.begin {
		if err := t.exec(q); err != nil {
			if i > 0 {
				_ = t.exec("ROLLBACK")
			}
			return err
		}
	}
	alone := len(batch) == 1
	kept := 0
	for _, c := range batch {
		if c.ctx.Err() != nil {
			c.err = unavailable(c.ctx.Err())
			continue
		}
		if err := w.one(t, c, alone); err != nil {
			_ = t.exec("ROLLBACK")
			return err
		}
		if c.err == nil {
			kept++
		}
	}
	if kept == 0 {
		return t.exec("ROLLBACK")
	}
	if err := t.keepHead(); err != nil {
		_ = t.exec("ROLLBACK")
		return err
	}
	if err := t.exec("COMMIT"); err != nil {
		_ = t.exec("ROLLBACK")
		return err
	}
	return nil
}

// one runs a change so that its failure undoes itself alone. The error it
// returns is the transaction's, not the change's.
func (w *writer) one(t *tx, c *change, alone bool) error {
	if !alone {
		if err := t.exec("SAVEPOINT one"); err != nil {
			return err
		}
	}
	head := t.head
	c.err = guarded(t, c.act)
	if c.err == nil {
		if alone {
			return nil
		}
		return t.exec("RELEASE one")
	}
	t.head = head
	if alone {
		return nil // the whole transaction is rolled back: nothing was kept
	}
	if err := t.exec("ROLLBACK TO one"); err != nil {
		return errors.Join(c.err, err)
	}
	return t.exec("RELEASE one")
}

// guarded keeps a defect in one verb from ending the writer for all.
func guarded(t *tx, act func(*tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("store: a verb broke off: %v", v)
		}
	}()
	return act(t)
}

package bus

import (
	"sync"

	countersign "github.com/countersign-id/countersign"
)

// Bus is safe for use by many callers. The zero value is not usable: New.
type Bus struct {
	mu     sync.Mutex
	topics map[countersign.Topic]map[chan struct{}]struct{}
	closed bool
}

// New makes an empty bus.
func New() *Bus {
	return &Bus{topics: make(map[countersign.Topic]map[chan struct{}]struct{})}
}

// Wake tells everybody who waits for the topic. It never blocks: a waiter who
// has not looked since the last wake-up will look once for both.
func (b *Bus) Wake(topics ...countersign.Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, topic := range topics {
		for waiter := range b.topics[topic] {
			select {
			case waiter <- struct{}{}:
			default:
			}
		}
	}
}

// Wait subscribes to topics until leave is called. The channel holds one
// wake-up; it is closed when the bus closes. Subscribe first, then read the
// store: what changes in between is then not missed.
func (b *Bus) Wait(topics ...countersign.Topic) (woken <-chan struct{}, leave func()) {
	waiter := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(waiter)
		return waiter, func() {}
	}
	for _, topic := range topics {
		if b.topics[topic] == nil {
			b.topics[topic] = make(map[chan struct{}]struct{})
		}
		b.topics[topic][waiter] = struct{}{}
	}
	return waiter, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, topic := range topics {
			delete(b.topics[topic], waiter)
			if len(b.topics[topic]) == 0 {
				delete(b.topics, topic)
			}
		}
	}
}

// Close ends every wait, so that a server which shuts down does not wait for
// its live channels.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed = true
	all := make(map[chan struct{}]struct{})
	for _, waiters := range b.topics {
		for waiter := range waiters {
			all[waiter] = struct{}{}
		}
	}
	for waiter := range all {
		close(waiter)
	}
	b.topics = nil
}

// Waiting is how many are subscribed to a topic.
func (b *Bus) Waiting(topic countersign.Topic) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.topics[topic])
}

package store

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// clientCache keeps relying parties in memory: they are read several times in
// every sign-in and change once a year. The operator's command changes them
// from another process, so nothing is kept longer than clientFresh.
type clientCache struct {
	mu      sync.Mutex
	kept    map[string]cachedClient
	changes int // made by this process
}

type cachedClient struct {
	client countersign.Client
	read   time.Time
}

const (
	clientFresh = 2 * time.Second
	mostClients = 1024
)

func (c *clientCache) get(id string, now time.Time) (client countersign.Client, ok bool, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.kept[id]
	return kept.client, ok && now.Sub(kept.read) < clientFresh, c.changes
}

// put keeps what was read, unless something changed since the reading began.
func (c *clientCache) put(client countersign.Client, now time.Time, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return
	}
	if c.kept == nil || len(c.kept) >= mostClients {
		c.kept = make(map[string]cachedClient)
	}
	c.kept[client.ID] = cachedClient{client, now}
}

func (c *clientCache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	delete(c.kept, id)
}

const clientColumns = "id, name, host, secret_hash, redirect_uris, logout_uris, algorithm, created_at"

func scanClient(r scanner) (countersign.Client, error) {
	var c countersign.Client
	var redirects, logouts string
	var created int64
	if err := r.Scan(&c.ID, &c.Name, &c.Host, &c.SecretHash, &redirects, &logouts, &c.Algorithm, &created); err != nil {
		return c, err
	}
	c.Created = at(created)
	if len(c.SecretHash) == 0 {
		c.SecretHash = nil // a public client
	}
	if err := json.Unmarshal([]byte(redirects), &c.RedirectURIs); err != nil {
		return c, unavailable(err)
	}
	if err := json.Unmarshal([]byte(logouts), &c.LogoutURIs); err != nil {
		return c, unavailable(err)
	}
	return c, nil
}

// CreateClient keeps a new relying party; ErrNameTaken when its id exists.
func (s *Store) CreateClient(ctx context.Context, c countersign.Client, event countersign.Event) error {
	redirects, err := json.Marshal(c.RedirectURIs)
	if err != nil {
		return err
	}
	logouts, err := json.Marshal(c.LogoutURIs)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNameTaken, "INSERT INTO client ("+clientColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			c.ID, c.Name, c.Host, c.SecretHash, string(redirects), string(logouts), c.Algorithm, ms(c.Created)); err != nil {
			return err
		}
		return t.event(event)
	})
}

// Client finds a relying party; what it finds may be two seconds old. Its
// slices are shared: they are not to be changed.
func (s *Store) Client(ctx context.Context, id string) (countersign.Client, error) {
	now := time.Now() // of the cache alone; nothing stored depends on it
	c, ok, changes := s.clients.get(id, now)
	if ok {
		return c, nil
	}
	c, err := scanClient(asScanner{s.row(ctx, "SELECT "+clientColumns+" FROM client WHERE id = ?", id)})
	if err == nil {
		s.clients.put(c, now, changes)
	}
	return c, err
}

// Clients lists all relying parties by name.
func (s *Store) Clients(ctx context.Context) ([]countersign.Client, error) {
	var out []countersign.Client
	err := s.each(ctx, "SELECT "+clientColumns+" FROM client ORDER BY name, id", func(r scanner) error {
		c, err := scanClient(r)
		out = append(out, c)
		return err
	})
	return out, err
}

// DeleteClient removes a relying party; what it was granted ends.
func (s *Store) DeleteClient(ctx context.Context, id string, event countersign.Event) error {
	defer s.clients.drop(id)
	return s.write(ctx, func(t *tx) error {
		if err := t.must(countersign.ErrNotFound, "DELETE FROM client WHERE id = ?", id); err != nil {
			return err
		}
		if err := t.exec("UPDATE grant_given SET revoked = 1 WHERE client_id = ?", id); err != nil {
			return err
		}
		return t.event(event)
	})
}

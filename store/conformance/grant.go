package conformance

import (
	"fmt"
	"time"

	countersign "github.com/countersign-id/countersign"
)

func redeemRaced(w *world) {
	a := w.account("mara")
	session := w.session(a.ID)
	g := w.newGrant(w.client().ID, session)
	errs := together(64, func(int) error {
		one := g
		one.AccessHash = randomBytes(32)
		return w.redeem(one)
	})
	w.tally("redeem", errs, map[error]int{nil: 1, countersign.ErrSpent: 63})
	if n := w.count("SELECT COUNT(*) FROM grant_given"); n != 1 {
		w.Errorf("%d grants", n)
	}
	if n := w.count("SELECT COUNT(*) FROM grant_given WHERE revoked = 1"); n != 1 {
		w.Error("a code that came twice must end what it gave")
	}
	if n, again := w.events("grant.redeemed"), w.events("grant.redeemed-again"); n != 1 || again != 63 {
		w.Errorf("audited: %d redemptions and %d repetitions", n, again)
	}
	w.sound()
}

func redeemRefused(w *world) {
	a, other := w.account("mara"), w.account("otto")
	client := w.client().ID
	session := w.session(a.ID)
	g := w.newGrant(client, session)
	stranger := g
	stranger.AccountID = other.ID
	w.wants("another account's session", w.redeem(stranger), countersign.ErrOver)
	w.wants("an unknown client", w.redeem(w.newGrant("nobody", session)), countersign.ErrNotFound)
	w.later(countersign.SessionIdle)
	w.wants("an idle session", w.redeem(g), countersign.ErrOver)
	w.later(-time.Millisecond)
	w.must(w.redeem(g))
	got, err := w.s.GrantByAccess(w.ctx, g.AccessHash)
	w.must(err)
	if got.ID != g.ID || got.ClientID != client || got.AccountID != a.ID || got.Session != session.Key || got.Scope != g.Scope || !got.AccessExpires.Equal(g.AccessExpires) || got.Revoked {
		w.Errorf("got %+v, want %+v", got, g)
	}
	w.must(w.s.EndSession(w.ctx, session.Key, w.event("session.ended", a.ID)))
	w.wants("an ended session", w.redeem(w.newGrant(client, session)), countersign.ErrOver)
	// A code that comes again is a theft even when the session is over.
	w.wants("again", w.redeem(g), countersign.ErrSpent)
	_, err = w.s.GrantByAccess(w.ctx, randomBytes(32))
	w.wants("an unknown access token", err, countersign.ErrNotFound)
}

func clientsKept(w *world) {
	a := w.account("mara")
	c := w.client()
	public := c
	public.ID, public.Name, public.SecretHash, public.RedirectURIs, public.LogoutURIs = "public", "A public one", nil, []string{"https://x.example/a", "https://x.example/b?c=d"}, nil
	w.must(w.s.CreateClient(w.ctx, public, w.event("client.created", "")))
	w.wants("the same id", w.s.CreateClient(w.ctx, public, w.event("client.created", "")), countersign.ErrNameTaken)
	for range 2 { // from the database, and from memory
		got, err := w.s.Client(w.ctx, "public")
		w.must(err)
		if fmt.Sprint(got.RedirectURIs, got.SecretHash == nil, len(got.LogoutURIs), got.Host, got.Algorithm) != fmt.Sprint(public.RedirectURIs, true, 0, public.Host, public.Algorithm) {
			w.Errorf("got %+v, want %+v", got, public)
		}
	}
	listed, err := w.s.Clients(w.ctx)
	w.must(err)
	if len(listed) != 2 || listed[0].ID != "public" {
		w.Errorf("listed: %+v", listed)
	}
	session := w.session(a.ID)
	g := w.newGrant(c.ID, session)
	w.must(w.redeem(g))
	if _, err := w.s.Client(w.ctx, c.ID); err != nil {
		w.Error(err)
	}
	w.must(w.s.DeleteClient(w.ctx, c.ID, w.event("client.deleted", "")))
	_, err = w.s.Client(w.ctx, c.ID)
	w.wants("a deleted client", err, countersign.ErrNotFound)
	w.wants("deleting it again", w.s.DeleteClient(w.ctx, c.ID, w.event("client.deleted", "")), countersign.ErrNotFound)
	if !w.revoked(g) {
		w.Error("a deleted client's grant lives")
	}
}

func signingKeys(w *world) {
	key := func(algorithm string, at time.Time) countersign.SigningKey {
		return countersign.SigningKey{ID: newID(), Algorithm: algorithm, Private: countersign.NewSecret(randomBytes(64)), Created: at}
	}
	first, second := key("ES256", w.now), key("ES256", w.now.Add(time.Hour))
	other := key("RS256", w.now.Add(time.Minute))
	add := func(k countersign.SigningKey, retire bool) error {
		return w.s.AddSigningKey(w.ctx, k, retire, w.event("signingkey.added", ""))
	}
	w.tally("the first of many", together(16, func(i int) error {
		if i == 0 {
			return add(first, false)
		}
		return add(key("ES256", w.now), false)
	}), map[error]int{nil: 16})
	if n := w.events("signingkey.added"); n != 1 {
		w.Errorf("%d keys were added at once, want 1", n)
	}
	w.must(add(other, false))
	w.must(add(second, true))
	keys, err := w.s.SigningKeys(w.ctx)
	w.must(err)
	if len(keys) != 3 || keys[0].Retired.IsZero() || !keys[1].Retired.IsZero() || !keys[2].Retired.IsZero() {
		w.Fatalf("keys: %+v", keys)
	}
	if keys[2].ID != second.ID || !keys[2].Private.Equal(second.Private) || keys[1].ID != other.ID || !keys[1].Private.Equal(other.Private) {
		w.Errorf("keys: %+v", keys)
	}
}

func noticesListed(w *world) {
	a, other := w.account("mara"), w.account("otto")
	for range 3 {
		w.device(a.ID)
		w.later(time.Hour)
	}
	w.device(other.ID)
	got, err := w.s.Notices(w.ctx, a.ID, w.now.Add(-2*time.Hour), 10)
	w.must(err)
	if len(got) != 2 || got[0].At.Before(got[1].At) || got[0].Kind != countersign.NoticeDeviceAdded || got[0].Subject != "Pixel 9" {
		w.Errorf("got %+v, want two, newest first", got)
	}
	if got, err = w.s.Notices(w.ctx, a.ID, time.Time{}, 1); err != nil || len(got) != 1 {
		w.Errorf("got %d, %v, want 1", len(got), err)
	}
}

func hostileText(w *world) {
	hostile := "a\x00b\xff\xfe\u202e'\"; DROP TABLE account; --\U0001F4A9"
	in := w.attempt("")
	in.Agent, in.Name = hostile, hostile
	event := w.event("signin.begun", "")
	event.Address, event.Detail = hostile, map[string]string{hostile: hostile}
	w.must(w.s.BeginSignIn(w.ctx, in, nil, event))
	got := w.read(in)
	if want := "a\uFFFDb\uFFFD\u202e'\"; DROP TABLE account; --\U0001F4A9"; got.Agent != want || got.Name != want {
		w.Errorf("got %q, want %q", got.Agent, want)
	}
	_, err := w.s.AccountByName(w.ctx, hostile)
	w.wants("a hostile name", err, countersign.ErrNotFound)
	_, err = w.s.Session(w.ctx, hostile)
	w.wants("a hostile session", err, countersign.ErrNotFound)
	_, err = w.s.Accounts(w.ctx, hostile, hostile, 1)
	w.must(err)
	w.wants("a hostile sign-in", w.s.ProvePassword(w.ctx, hostile, w.now, event), countersign.ErrNotFound)
	w.sound()
}

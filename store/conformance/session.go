package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

func sessionsEnd(w *world) {
	a := w.account("mara")
	first, one := w.grant(a.ID)
	second, two := w.grant(a.ID)
	third, three := w.grant(a.ID)
	adding := w.binding(a.ID, two.Key)
	thief := w.newDevice()
	w.must(w.claim(adding, thief))

	w.must(w.s.EndSession(w.ctx, one.Key, w.event("session.ended", a.ID)))
	w.wants("ending it again", w.s.EndSession(w.ctx, one.Key, w.event("session.ended", a.ID)), countersign.ErrNotFound)
	if !w.revoked(first) || w.revoked(second) {
		w.Error("one session's end must revoke its own grants alone")
	}
	if n, err := w.s.EndSessions(w.ctx, a.ID, three.Key, w.event("session.others-ended", a.ID)); err != nil || n != 1 {
		w.Errorf("EndSessions: got %d, %v, want 1", n, err)
	}
	if !w.revoked(second) || w.revoked(third) {
		w.Error("ending the others must spare this one's grants")
	}
	if d, err := w.s.Device(w.ctx, thief.ID); err != nil || d.State != countersign.DeviceRevoked {
		w.Errorf("a phone that an ended session was adding is %s, %v", d.State, err)
	}
	live, err := w.s.Sessions(w.ctx, a.ID, w.now)
	w.must(err)
	if len(live) != 1 || live[0].Key != three.Key {
		w.Errorf("live: %+v", live)
	}
	w.must(w.s.RevokeGrants(w.ctx, a.ID))
	if !w.revoked(third) {
		w.Error("RevokeGrants spared one")
	}
	if n := w.events("session.ended"); n != 1 {
		w.Errorf("%d ends are audited, want 1", n)
	}
	live, err = w.s.Sessions(w.ctx, a.ID, w.now.Add(countersign.SessionIdle))
	if err != nil || len(live) != 0 {
		w.Errorf("idle sessions are listed: %+v, %v", live, err)
	}
}

func touchTooLate(w *world) {
	a := w.account("mara")
	d := w.device(a.ID)
	session, idle := w.session(a.ID), w.session(a.ID)
	w.later(countersign.SessionIdle - time.Millisecond)
	w.must(w.s.TouchSession(w.ctx, session.Key, w.now))
	w.must(w.s.TouchDevice(w.ctx, d.ID, w.now))
	touched := w.now
	w.later(time.Millisecond)
	w.must(w.s.TouchSession(w.ctx, idle.Key, w.now))
	w.must(w.s.TouchSession(w.ctx, session.Key, w.now)) // within the minute: not worth a write
	w.account("otto")                                   // changes keep their order: those before it are done
	for _, tt := range []struct {
		claim string
		key   string
		want  time.Time
	}{
		{"a session touched in time is seen then", session.Key, touched},
		{"a session touched too late stays idle", idle.Key, idle.Seen},
	} {
		got, err := w.s.Session(w.ctx, tt.key)
		w.must(err)
		if !got.Seen.Equal(tt.want) {
			w.Errorf("%s: got %v, want %v", tt.claim, got.Seen, tt.want)
		}
	}
	if got, err := w.s.Device(w.ctx, d.ID); err != nil || !got.Seen.Equal(touched) {
		w.Errorf("the phone was seen at %v, %v, want %v", got.Seen, err, touched)
	}
}

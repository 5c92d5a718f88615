package web

import (
	"io"
	"net/http"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// keepAlive is short enough for proxies that cut silent streams at 30 s.
const keepAlive = 20 * time.Second

// listen holds a stream open until the page should look again, and then says
// so once: the event carries nothing, the page asks for itself. look reports
// whether something moved and when time alone will move it.
//
// Subscribing comes before looking, so that what changes in between is seen.
func (s *Web) listen(w http.ResponseWriter, r *http.Request, topics []countersign.Topic, until time.Time, look func() (moved bool, wake time.Time, err error)) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	if r.Method == http.MethodHead {
		return
	}
	stream := http.NewResponseController(w)
	// The server's write time-out is for answers, not for streams.
	if err := stream.SetWriteDeadline(time.Time{}); err != nil {
		s.refuse(w, r, err)
		return
	}
	woken, leave := s.Bus.Wait(topics...)
	defer leave()
	w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for alive := true; ; {
		moved, wake, err := look()
		if err != nil {
			s.unexpected(r, err)
			return // the page's script comes again after a while
		}
		now := s.Now()
		if moved || !now.Before(until) {
			_, _ = io.WriteString(w, "event: moved\ndata: -\n\n")
			_ = stream.Flush()
			return
		}
		// Only the clock makes a stream speak without news: a wake-up that
		// changed nothing here would show a stranger that the account is in
		// use (check B9).
		if alive {
			if _, err := io.WriteString(w, ": keep-alive\n\n"); err != nil || stream.Flush() != nil {
				return
			}
		}
		pause := until.Sub(now)
		if now.Before(wake) {
			pause = min(pause, wake.Sub(now))
		}
		due := time.NewTimer(pause)
		alive = false
		select {
		case _, open := <-woken:
			if !open {
				return
			}
		case <-tick.C:
			alive = true
		case <-due.C:
		case <-r.Context().Done():
			due.Stop()
			return
		}
		due.Stop()
	}
}

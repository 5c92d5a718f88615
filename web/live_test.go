package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/bus"
)

func TestAStreamIsSilentAboutWakeUpsThatChangeNothingOnThePage(t *testing.T) { // check B9
	w := quietWeb(t)
	wakes := bus.New()
	w.Bus = wakes
	looked := make(chan struct{})
	ctx, leave := context.WithCancel(t.Context())
	answer := httptest.NewRecorder()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.listen(plainStream{answer}, httptest.NewRequest("GET", "/signin/x/live", nil).WithContext(ctx), []countersign.Topic{"account/a"}, w.Now().Add(time.Hour),
			func() (bool, time.Time, error) { looked <- struct{}{}; return false, time.Time{}, nil })
	}()
	<-looked
	for range 5 {
		wakes.Wake("account/a")
		<-looked
	}
	leave()
	<-ended
	if got, want := answer.Body.String(), ": keep-alive\n\n"; got != want {
		t.Errorf("the stream said %q, want %q", got, want)
	}
}

func TestAStreamSaysOnceThatThePageMovedAndEnds(t *testing.T) {
	w := quietWeb(t)
	for claim, look := range map[string]func() (bool, time.Time, error){
		"something moved":   func() (bool, time.Time, error) { return true, time.Time{}, nil },
		"its time is over":  func() (bool, time.Time, error) { return false, time.Time{}, nil },
		"it cannot be read": func() (bool, time.Time, error) { return false, time.Time{}, errTest },
	} {
		w.Bus = bus.New()
		until, want := w.Now().Add(time.Hour), "event: moved\ndata: -\n\n"
		switch claim {
		case "its time is over":
			until = w.Now()
		case "it cannot be read":
			w.Unexpected, want = func(error) {}, ""
		}
		answer := httptest.NewRecorder()
		w.listen(plainStream{answer}, httptest.NewRequest("GET", "/signin/x/live", nil), nil, until, look)
		if got := answer.Body.String(); got != want || answer.Header().Get("Content-Type") != "text/event-stream" {
			t.Errorf("%s: the stream said %q as %s", claim, got, answer.Header().Get("Content-Type"))
		}
	}
}

var errTest = errors.New("the store is away")

// plainStream is a recorder whose deadline can be lifted, as a connection's.
type plainStream struct{ *httptest.ResponseRecorder }

func (plainStream) SetWriteDeadline(time.Time) error { return nil }

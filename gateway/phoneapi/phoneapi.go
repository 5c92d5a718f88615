package phoneapi

import (
	"context"
	"net/http"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/gateway"
)

// Store is what this room reads; it changes nothing but "last seen".
type Store interface {
	Device(ctx context.Context, id string) (countersign.Device, error)
	AccountByID(ctx context.Context, id string) (countersign.Account, error)
	Notices(ctx context.Context, accountID string, since time.Time, limit int) ([]countersign.Notice, error)
	TouchDevice(ctx context.Context, id string, now time.Time) error
}

// Bus wakes live channels.
type Bus interface {
	Wait(topics ...countersign.Topic) (woken <-chan struct{}, leave func())
}

// Config wires the room.
type Config struct {
	Store      Store
	Bus        Bus
	Approvals  *approval.Ceremony
	Enrolments *enrolment.Ceremony
	Issuer     string
	ServerName string
	Peers      gateway.Peers
	Now        func() time.Time
	// Told is the sentence for a notice.
	Told func(countersign.Notice) string
	// Unexpected is told of errors that are nobody's fault outside.
	Unexpected func(error)
}

// API answers phones.
type API struct{ Config }

// New wires the API.
func New(c Config) *API { return &API{c} }

const (
	prefix = "/api/phone/v1"
	// keepAlive is short enough for proxies that cut silent streams at 30 s.
	keepAlive = 20 * time.Second
	// clockSkew is how far a call's time may be from ours.
	clockSkew = 60 * time.Second
	// mostNotices is as many as a phone's screen shows.
	mostNotices = 20
)

// Routes is this room's part of the table.
func (a *API) Routes() []gateway.Route {
	return []gateway.Route{
		{Method: "GET", Path: "/api/time", Caller: gateway.Anyone, Serve: a.clock, Origins: true},
		{Method: "POST", Path: prefix + "/enrolments", Caller: gateway.Enrolling, Serve: a.stamped(a.enrol), Origins: true},
		{Method: "GET", Path: prefix + "/device", Caller: gateway.Phone, Serve: a.stamped(a.signed(a.device, pendingToo)), Origins: true},
		{Method: "DELETE", Path: prefix + "/device", Caller: gateway.Phone, Serve: a.stamped(a.signed(a.leave, pendingToo)), Origins: true},
		{Method: "GET", Path: prefix + "/requests", Caller: gateway.Phone, Serve: a.stamped(a.signed(a.requests, activeOnly)), Origins: true},
		{Method: "POST", Path: prefix + "/requests/{id}/decision", Caller: gateway.Phone, Serve: a.stamped(a.decide), Origins: true},
		{Method: "GET", Path: prefix + "/live", Caller: gateway.Phone, Serve: a.stamped(a.signed(a.live, pendingToo)), Origins: true},
	}
}

func (a *API) clock(w http.ResponseWriter, _ *http.Request) {
	gateway.WriteJSON(w, http.StatusOK, map[string]int64{"now": a.Now().UnixMilli()})
}

// stamped tells every caller our time, by which its clock's offset is known.
func (a *API) stamped(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Countersign-Time", milliseconds(a.Now()))
		next(w, r)
	}
}

func (a *API) refuse(w http.ResponseWriter, err error) {
	p := gateway.ProblemOf(err)
	if p.Code == "internal" || p.Code == "unavailable" {
		a.Unexpected(err)
	}
	gateway.WriteProblem(w, p)
}

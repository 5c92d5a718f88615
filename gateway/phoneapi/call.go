package phoneapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
	"github.com/countersign-id/countersign/gateway"
)

type standing bool

const (
	activeOnly standing = false
	pendingToo standing = true
)

type phoneHandler func(w http.ResponseWriter, r *http.Request, d countersign.Device)

// signed lets a call through that the device's own key has signed.
func (a *API) signed(next phoneHandler, who standing) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := a.caller(r)
		if err == nil && who == activeOnly && d.State == countersign.DevicePending {
			err = countersign.ErrPending
		}
		if err != nil {
			a.refuseCall(w, err)
			return
		}
		if err := a.Store.TouchDevice(r.Context(), d.ID, a.Now()); err != nil {
			a.Unexpected(err) // "last seen" is comfort: the call goes on
		}
		next(w, r, d)
	}
}

// errUnknownDevice is told apart from other things that are not found: the
// phone then says so and offers to enrol again.
var errUnknownDevice = errors.New("phoneapi: no such device")

func (a *API) caller(r *http.Request) (countersign.Device, error) {
	id, at, signature, err := authorization(r.Header.Values("Authorization"))
	if err != nil {
		return countersign.Device{}, err
	}
	d, err := a.Store.Device(r.Context(), id)
	if errors.Is(err, countersign.ErrNotFound) || (err == nil && d.State == countersign.DeviceRevoked) {
		return countersign.Device{}, errUnknownDevice
	}
	if err != nil {
		return countersign.Device{}, err
	}
	body, err := gateway.ReadBody(r)
	if err != nil {
		return countersign.Device{}, err
	}
	call, err := statement.Call{Issuer: a.Issuer, Method: r.Method, Path: r.RequestURI, Body: body, Device: id, Time: at}.Statement()
	if err != nil {
		return countersign.Device{}, err
	}
	if err := statement.Verify(d.Key, call, signature); err != nil {
		return countersign.Device{}, err
	}
	// After the signature: our clock's reading is no secret, but only the
	// device itself should be sent round again.
	if off := a.Now().Sub(time.UnixMilli(at)); off > clockSkew || off < -clockSkew {
		return countersign.Device{}, countersign.ErrClockOff
	}
	account, err := a.Store.AccountByID(r.Context(), d.AccountID)
	if err != nil {
		return countersign.Device{}, err
	}
	if account.State != countersign.AccountActive {
		return countersign.Device{}, countersign.ErrLocked
	}
	return d, nil
}

func (a *API) refuseCall(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errUnknownDevice):
		gateway.WriteProblem(w, gateway.Problem{Status: 401, Code: "device-unknown", Title: "This device is not enrolled here",
			Detail: "It was removed, or its enrolment was not confirmed in time. Enrol it again."})
	case errors.Is(err, countersign.ErrClockOff):
		gateway.WriteProblem(w, gateway.Problem{Status: 401, Code: "clock-off", Title: "The device's clock is off",
			Detail: "Use server_time and sign again.", Members: map[string]any{"server_time": a.Now().UnixMilli()}})
	case errors.Is(err, gateway.ErrTooLarge):
		gateway.WriteProblem(w, gateway.Problem{Status: 413, Code: "too-large", Title: "The body is too large", Detail: "No call of this API needs more than 64 KiB."})
	case errors.Is(err, countersign.ErrMalformed):
		a.malformed(w, err)
	default:
		a.refuse(w, err)
	}
}

// malformed names the member: what our own reading says about a caller's own
// words is safe to send back.
func (a *API) malformed(w http.ResponseWriter, err error) {
	p := gateway.ProblemOf(err)
	p.Detail = strings.TrimPrefix(err.Error(), countersign.ErrMalformed.Error()+": ")
	gateway.WriteProblem(w, p)
}

// authorization reads `Countersign device="…", time="…", signature="…"`: each
// parameter once, in any order, nothing else.
func authorization(headers []string) (device string, at int64, signature []byte, err error) {
	if len(headers) != 1 {
		return "", 0, nil, fmt.Errorf("%w: one Authorization header is needed", countersign.ErrMalformed)
	}
	rest, ok := strings.CutPrefix(headers[0], "Countersign ")
	if !ok {
		return "", 0, nil, fmt.Errorf("%w: the Authorization scheme is not Countersign", countersign.ErrMalformed)
	}
	values := make(map[string]string, 3)
	for part := range strings.SplitSeq(rest, ",") {
		name, quoted, ok := strings.Cut(strings.TrimSpace(part), "=")
		value := strings.TrimSuffix(strings.TrimPrefix(quoted, `"`), `"`)
		if !ok || len(quoted) != len(value)+2 || strings.Contains(value, `"`) {
			return "", 0, nil, fmt.Errorf("%w: an Authorization parameter is not name=\"value\"", countersign.ErrMalformed)
		}
		if _, twice := values[name]; twice {
			return "", 0, nil, fmt.Errorf("%w: an Authorization parameter stands twice", countersign.ErrMalformed)
		}
		values[name] = value
	}
	if len(values) != 3 || countersign.CheckID(values["device"]) != nil {
		return "", 0, nil, fmt.Errorf("%w: Authorization needs device, time and signature", countersign.ErrMalformed)
	}
	at, err = strconv.ParseInt(values["time"], 10, 64)
	if err != nil || at <= 0 || milliseconds(time.UnixMilli(at)) != values["time"] {
		return "", 0, nil, fmt.Errorf("%w: Authorization time is not milliseconds", countersign.ErrMalformed)
	}
	signature, err = statement.ParseBytes(values["signature"])
	if err != nil {
		return "", 0, nil, err
	}
	return values["device"], at, signature, nil
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

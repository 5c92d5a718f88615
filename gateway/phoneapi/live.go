package phoneapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// live is the channel of docs/spec/approval.md: the whole list and the device,
// at once and after each change.
func (a *API) live(w http.ResponseWriter, r *http.Request, d countersign.Device) {
	stream := http.NewResponseController(w)
	// The server's write time-out is for answers, not for channels.
	if err := stream.SetWriteDeadline(time.Time{}); err != nil {
		a.refuse(w, err)
		return
	}
	woken, leave := a.Bus.Wait(countersign.AccountTopic(d.AccountID))
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	var last sent
	for {
		if done := a.tell(w, r, d.ID, &last); done {
			return
		}
		if stream.Flush() != nil {
			return
		}
		select {
		case _, open := <-woken:
			if !open {
				return
			}
		case <-tick.C:
			if _, err := io.WriteString(w, ": keep-alive\n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// sent is what the channel told last: what has not changed is not told again.
type sent struct{ requests, device string }

func (a *API) tell(w io.Writer, r *http.Request, deviceID string, last *sent) (done bool) {
	d, err := a.Store.Device(r.Context(), deviceID)
	if errors.Is(err, countersign.ErrNotFound) || (err == nil && d.State == countersign.DeviceRevoked) {
		return true // the phone asks once more and is told device-unknown
	}
	if err != nil {
		a.Unexpected(err)
		return true
	}
	account, err := a.Store.AccountByID(r.Context(), d.AccountID)
	if err != nil {
		a.Unexpected(err)
		return true
	}
	if account.State != countersign.AccountActive {
		return true // a channel must not outlive what a new call is refused for (check B8)
	}
	shown, err := a.shown(r, d)
	if err != nil {
		a.Unexpected(err)
		return true
	}
	if !event(w, "device", shown, &last.device) {
		return true
	}
	if d.State != countersign.DeviceActive {
		return false
	}
	waiting, err := a.waiting(r, d.AccountID)
	if err != nil {
		a.Unexpected(err)
		return true
	}
	return !event(w, "requests", waiting, &last.requests)
}

func event(w io.Writer, name string, v any, last *string) bool {
	body, err := json.Marshal(v)
	if err != nil {
		return false
	}
	if string(body) == *last {
		return true
	}
	*last = string(body)
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, body)
	return err == nil
}

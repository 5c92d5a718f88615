package phone

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// silence is how long a live channel may say nothing: the server sends a
// comment every 20 s, so three were lost.
const silence = 65 * time.Second

// ErrSilent ends a live channel on which nothing came any more.
var ErrSilent = errors.New("phone: the live channel went silent")

// Event is one word on the live channel; one of its members is set. Requests
// is whole each time, and empty but not nil when nothing waits.
type Event struct {
	Requests []Request
	Device   *Status
}

// Live opens the live channel and calls each for every event, until the
// context ends, the server closes the stream (nil), or each fails. It does not
// connect again by itself: the caller knows how patient to be.
func (d *Device) Live(ctx context.Context, each func(Event) error) error {
	err := d.liveOnce(ctx, each)
	if !d.learnClock(err) {
		return err
	}
	return d.liveOnce(ctx, each)
}

func (d *Device) liveOnce(ctx context.Context, each func(Event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	const path = "/api/phone/v1/live"
	request, err := d.Client.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if err := d.sign(request, nil); err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	// A client's overall time-out would cut the stream; silence does it instead.
	patient := *d.Client
	if patient.HTTP != nil {
		client := *patient.HTTP
		client.Timeout = 0
		patient.HTTP = &client
	}
	watch := time.AfterFunc(silence, func() { cancel(ErrSilent) })
	defer watch.Stop()
	response, err := patient.do(request)
	if err != nil {
		return whyEnded(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return whyEnded(ctx, fmt.Errorf("phone: %w", err))
		}
		return problemOf(response, answer)
	}
	if !isJSON(response, "text/event-stream") {
		return ErrAnswer
	}
	err = readEvents(response.Body, func() { watch.Reset(silence) }, func(name string, data []byte) error {
		event, ok, err := eventOf(name, data)
		if err != nil || !ok {
			return err
		}
		return each(event)
	})
	return whyEnded(ctx, err)
}

// whyEnded prefers the reason for which a context was ended over the broken
// read that it caused.
func whyEnded(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// readEvents reads an event stream (WHATWG HTML §9.2.6): fields until an empty
// line, comments ignored. An event cut off by the end is not delivered.
func readEvents(r io.Reader, alive func(), deliver func(name string, data []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 4096), maxAnswer)
	var name string
	var data []byte
	for lines.Scan() {
		alive()
		line := bytes.TrimSuffix(lines.Bytes(), []byte("\r"))
		if len(line) == 0 {
			if len(data) > 0 {
				// Without the LF that the last line added.
				if err := deliver(name, data[:len(data)-1]); err != nil {
					return err
				}
			}
			name, data = "", nil
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			if len(data)+len(value) > maxAnswer {
				return ErrAnswer
			}
			data = append(append(data, value...), '\n')
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("phone: %w", err)
	}
	return nil
}

// eventOf reads one event; false for a kind that this build does not know.
func eventOf(name string, data []byte) (Event, bool, error) {
	switch name {
	case "requests":
		var wire requestsWire
		if err := json.Unmarshal(data, &wire); err != nil {
			return Event{}, false, fmt.Errorf("%w: event %s", ErrAnswer, name)
		}
		requests, err := wire.requests()
		return Event{Requests: requests}, err == nil, err
	case "device":
		var wire statusWire
		if err := json.Unmarshal(data, &wire); err != nil {
			return Event{}, false, fmt.Errorf("%w: event %s", ErrAnswer, name)
		}
		return Event{Device: wire.status()}, true, nil
	}
	return Event{}, false, nil
}

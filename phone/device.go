package phone

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
)

// Device is one enrolled device with its key. It is safe for concurrent use.
type Device struct {
	Client    *Client
	ID        string
	AccountID string
	Key       *ecdsa.PrivateKey

	offset atomic.Int64 // server's clock minus ours, in milliseconds
}

// Status is what the server says of a device.
type Status struct {
	ID          string
	Name        string
	Platform    countersign.Platform
	State       countersign.DeviceState
	AccountID   string
	AccountName string
	ServerName  string
	Notices     []Notice
}

// Notice is something the account's holder ought to hear.
type Notice struct {
	ID   string
	At   time.Time
	Text string
}

// Offset is how far the server's clock is ahead of ours, as far as we were
// told; zero until a call was refused for it.
func (d *Device) Offset() time.Duration { return time.Duration(d.offset.Load()) * time.Millisecond }

// SetOffset remembers an offset from an earlier run.
func (d *Device) SetOffset(o time.Duration) { d.offset.Store(o.Milliseconds()) }

// Fetch asks how the device stands.
func (d *Device) Fetch(ctx context.Context) (*Status, error) {
	var wire statusWire
	if err := d.call(ctx, http.MethodGet, "/api/phone/v1/device", &wire); err != nil {
		return nil, err
	}
	return wire.status(), nil
}

// Remove ends the device at the server. Nothing brings it back.
func (d *Device) Remove(ctx context.Context) error {
	return d.call(ctx, http.MethodDelete, "/api/phone/v1/device", nil)
}

// call makes a signed call, and once more with the server's clock when ours
// was refused: a wrong clock is no reason to lock a person out (check J6).
func (d *Device) call(ctx context.Context, method, path string, out any) error {
	err := d.callOnce(ctx, method, path, out)
	if !d.learnClock(err) {
		return err
	}
	return d.callOnce(ctx, method, path, out)
}

func (d *Device) callOnce(ctx context.Context, method, path string, out any) error {
	request, err := d.Client.request(ctx, method, path, nil)
	if err != nil {
		return err
	}
	if err := d.sign(request, nil); err != nil {
		return err
	}
	return d.Client.exchange(request, out)
}

// learnClock notes the offset if err says that the clock is off, and reports
// whether another try makes sense.
func (d *Device) learnClock(err error) bool {
	p, ok := err.(*Problem)
	if !ok || p.Code != ClockOff || p.ServerTime.IsZero() {
		return false
	}
	d.offset.Store(p.ServerTime.Sub(d.Client.now()).Milliseconds())
	return true
}

// sign puts the device's signature on a call.
func (d *Device) sign(request *http.Request, body []byte) error {
	at := d.Client.now().UnixMilli() + d.offset.Load()
	text, err := statement.Call{
		Issuer: d.Client.Issuer, Method: request.Method, Path: request.URL.RequestURI(),
		Body: body, Device: d.ID, Time: at,
	}.Statement()
	if err != nil {
		return err
	}
	signature, err := statement.Sign(d.Key, text)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", fmt.Sprintf(`Countersign device="%s", time="%d", signature="%s"`,
		d.ID, at, statement.EncodeBytes(signature)))
	return nil
}

type statusWire struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Platform   string      `json:"platform"`
	State      string      `json:"state"`
	Account    accountWire `json:"account"`
	ServerName string      `json:"server_name"`
	Notices    []struct {
		ID   string `json:"id"`
		At   int64  `json:"at"`
		Text string `json:"text"`
	} `json:"notices"`
}

func (w *statusWire) status() *Status {
	s := &Status{
		ID: w.ID, Name: w.Name, Platform: countersign.Platform(w.Platform), State: countersign.DeviceState(w.State),
		AccountID: w.Account.ID, AccountName: w.Account.Name, ServerName: w.ServerName,
	}
	for _, n := range w.Notices {
		s.Notices = append(s.Notices, Notice{n.ID, time.UnixMilli(n.At), n.Text})
	}
	return s
}

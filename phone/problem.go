package phone

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Code is the stable name of a problem (docs/spec/conventions.md).
type Code string

// The codes of the phone's API.
const (
	BadRequest       Code = "bad-request"
	ClockOff         Code = "clock-off"
	SignatureRefused Code = "signature-refused"
	DeviceUnknown    Code = "device-unknown"
	DevicePending    Code = "device-pending"
	AccountLocked    Code = "account-locked"
	NotFound         Code = "not-found"
	TooLarge         Code = "too-large"
	Misdirected      Code = "misdirected"
	SlowDown         Code = "slow-down"
	Unavailable      Code = "unavailable"
	CodeUnknown      Code = "code-unknown"
	NumberWrong      Code = "number-wrong"
	RequestOver      Code = "request-over"
)

// Problem is a refusal by the server, in its own words (RFC 9457).
type Problem struct {
	Status     int
	Code       Code // "" when what answered is no Countersign server
	Title      string
	Detail     string
	ServerTime time.Time                 // with ClockOff
	TriesLeft  int                       // with NumberWrong
	State      countersign.ApprovalState // with RequestOver
	RetryAfter time.Duration             // with SlowDown
}

func (p *Problem) Error() string {
	if p.Code == "" {
		return fmt.Sprintf("phone: the server answered %d %s", p.Status, http.StatusText(p.Status))
	}
	return fmt.Sprintf("phone: %s: %s", p.Code, p.Detail)
}

// Unwrap gives the sentinel of floor 0 that says the same.
func (p *Problem) Unwrap() error {
	switch p.Code {
	case BadRequest:
		return countersign.ErrMalformed
	case ClockOff:
		return countersign.ErrClockOff
	case SignatureRefused:
		return countersign.ErrSignature
	case DevicePending:
		return countersign.ErrPending
	case AccountLocked:
		return countersign.ErrLocked
	case NotFound, CodeUnknown, DeviceUnknown:
		return countersign.ErrNotFound
	case SlowDown:
		return countersign.ErrThrottled
	case Unavailable:
		return countersign.ErrUnavailable
	case NumberWrong:
		return countersign.ErrWrong
	case RequestOver:
		return countersign.ErrOver
	}
	return nil
}

// CodeOf is the code of the problem behind err; "" when there is none.
func CodeOf(err error) Code {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// problemOf reads a refusal. Whatever stands between us and the server may
// answer in another language: then the status is all there is.
func problemOf(response *http.Response, body []byte) *Problem {
	p := &Problem{Status: response.StatusCode}
	var wire struct {
		Code       Code   `json:"code"`
		Title      string `json:"title"`
		Detail     string `json:"detail"`
		ServerTime int64  `json:"server_time"`
		TriesLeft  int    `json:"tries_left"`
		State      string `json:"state"`
	}
	if isJSON(response, "application/problem+json") && json.Unmarshal(body, &wire) == nil {
		p.Code, p.Title, p.Detail = wire.Code, wire.Title, wire.Detail
		p.TriesLeft, p.State = wire.TriesLeft, countersign.ApprovalState(wire.State)
		if wire.ServerTime > 0 {
			p.ServerTime = time.UnixMilli(wire.ServerTime)
		}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.RetryAfter = time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	return p
}

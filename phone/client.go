package phone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

// maxAnswer bounds what a server can make us hold: three requests for each of
// two kinds of browser are under 16 KiB.
const maxAnswer = 1 << 20

// ErrAnswer is returned when a server's success is not what the contract says.
var ErrAnswer = errors.New("phone: the server's answer was not understood")

// Client speaks to one server. It is safe for concurrent use, and cheap: its
// connections are those of HTTP, which clients share.
type Client struct {
	HTTP   *http.Client
	Issuer string // public base address, no trailing slash
	// Now is the clock; nil for the machine's own.
	Now func() time.Time
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// ServerTime asks the server for its clock (docs/spec/time.md).
func (c *Client) ServerTime(ctx context.Context) (time.Time, error) {
	var answer struct {
		Now int64 `json:"now"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/time", nil, &answer); err != nil {
		return time.Time{}, err
	}
	if answer.Now <= 0 {
		return time.Time{}, ErrAnswer
	}
	return time.UnixMilli(answer.Now), nil
}

// request makes one request, not signed.
func (c *Client) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.Issuer+path, r)
	if err != nil {
		return nil, fmt.Errorf("phone: %w", err)
	}
	request.Header.Set("Accept", "application/json, application/problem+json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// call makes a request that carries no signature beside it, and reads the
// answer into out.
func (c *Client) call(ctx context.Context, method, path string, body []byte, out any) error {
	request, err := c.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	return c.exchange(request, out)
}

// exchange sends a request and reads the answer into out, unless that is nil.
func (c *Client) exchange(request *http.Request, out any) error {
	response, err := c.do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("phone: %w", err)
	}
	if response.StatusCode/100 != 2 {
		return problemOf(response, answer)
	}
	if out == nil {
		return nil
	}
	if len(answer) > maxAnswer || !isJSON(response, "application/json") {
		return ErrAnswer
	}
	// Unknown members are let pass: a newer server may say more.
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return nil
}

// do sends without following redirects: a signature is over one path at one
// issuer, and an API that redirects is not the issuer.
func (c *Client) do(request *http.Request) (*http.Response, error) {
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("phone: %w", err)
	}
	return response, nil
}

func isJSON(response *http.Response, want string) bool {
	got, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return err == nil && got == want
}

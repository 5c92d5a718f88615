package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// browser plays one with script: pages, forms, cookies, the live stream, and
// what Firefox says of itself. Style and script come from its cache.
type browser struct {
	http    *http.Client
	issuer  string
	address string // as the proxy tells it
	cookies map[string]string
	shown   []byte // the last page
	status  int
	to      string // where the last answer leads, if anywhere
}

func newBrowser(issuer string, transport http.RoundTripper) *browser {
	b := &browser{issuer: issuer, cookies: make(map[string]string), http: &http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	b.move()
	return b
}

// move gives the browser another address: the pace of one address is for
// people, and a bench is no person.
func (b *browser) move() {
	n := rand.Uint32()
	b.address = fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

func (b *browser) request(ctx context.Context, method, path string, form url.Values) (*http.Response, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, b.issuer+path, body)
	if err != nil {
		return nil, err
	}
	h := r.Header
	h.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
	h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	h.Set("Accept-Language", "en-GB,en;q=0.5")
	h.Set("Sec-Fetch-Dest", "document")
	h.Set("Sec-Fetch-Mode", "navigate")
	h.Set("Sec-Fetch-Site", "same-origin")
	h.Set("X-Forwarded-For", b.address)
	if form != nil {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		h.Set("Origin", b.issuer)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := b.http.Do(r)
	if err != nil {
		return nil, err
	}
	for _, c := range answer.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer, nil
}

// open loads an address, or sends a form, and follows nothing.
func (b *browser) open(ctx context.Context, method, path string, form url.Values) error {
	answer, err := b.request(ctx, method, path, form)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b.shown, err = io.ReadAll(answer.Body)
	b.status, b.to = answer.StatusCode, answer.Header.Get("Location")
	if err == nil && b.status >= 400 {
		err = fmt.Errorf("%s %s answered %d:\n%s", method, path, b.status, b.shown)
	}
	return err
}

func (b *browser) get(ctx context.Context, path string) error {
	return b.open(ctx, http.MethodGet, path, nil)
}

func (b *browser) post(ctx context.Context, path string, form url.Values) error {
	return b.open(ctx, http.MethodPost, path, form)
}

// follow goes where the last answer leads, which must begin so.
func (b *browser) follow(ctx context.Context, prefix string) error {
	if !strings.HasPrefix(b.to, prefix) {
		return fmt.Errorf("led to %q, not to %s…: %s", b.to, prefix, b.shown)
	}
	return b.get(ctx, b.to)
}

// forget drops the session, and keeps that the browser is known.
func (b *browser) forget() {
	for name := range b.cookies {
		if name != "__Host-browser" {
			delete(b.cookies, name)
		}
	}
}

func (b *browser) find(p *regexp.Regexp) (string, error) {
	m := p.FindSubmatch(b.shown)
	if m == nil {
		return "", fmt.Errorf("no %s on the page:\n%s", p, b.shown)
	}
	return html.UnescapeString(string(m[1])), nil
}

var (
	numberShown  = regexp.MustCompile(`data-number="(\d+)"`)
	liveShown    = regexp.MustCompile(`data-live="([^"]*)"`)
	onwardShown  = regexp.MustCompile(`id="onward" href="([^"]*)"`)
	returnHidden = regexp.MustCompile(`name="return_to" value="([^"]*)"`)
	clientHidden = regexp.MustCompile(`name="client" value="([^"]*)"`)
)

// stream is the live stream of a waiting page.
type stream struct {
	body  io.ReadCloser
	lines *bufio.Scanner
}

// listen opens the stream and waits until the server listens too.
func (b *browser) listen(ctx context.Context, path string) (*stream, error) {
	answer, err := b.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	s := &stream{answer.Body, bufio.NewScanner(answer.Body)}
	if answer.StatusCode != http.StatusOK || !s.until([]byte(":")) {
		return nil, fmt.Errorf("the live stream answered %d and ended", answer.StatusCode)
	}
	return s, nil
}

func (s *stream) until(prefix []byte) bool {
	for s.lines.Scan() {
		if bytes.HasPrefix(s.lines.Bytes(), prefix) {
			return true
		}
	}
	return false
}

// moved waits for the word to look again.
func (s *stream) moved() error {
	if !s.until([]byte("event: moved")) {
		return fmt.Errorf("the live stream ended without a word: %w", io.ErrUnexpectedEOF)
	}
	return nil
}

// close reads what is left, so that the connection can be used again.
func (s *stream) close() {
	for s.lines.Scan() {
	}
	_ = s.body.Close()
}

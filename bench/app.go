package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
)

// visit is what a browser loads on its first visit to the phone app.
type visit struct {
	Files  int `json:"files"`
	Served int `json:"served"` // bytes as they travel to a browser that takes gzip
	Gzip   int `json:"gzip"`   // bytes if every file were compressed by gzip -9
}

// loadedFirst finds what the page itself names: scripts, styles, preloads,
// icons and the manifest.
var loadedFirst = regexp.MustCompile(`<(?:script|link)[^>]*(?:src|href)="(/?[^":]+)"`)

func (s *server) firstVisit(ctx context.Context) (visit, error) {
	var v visit
	page, err := s.fetch(ctx, "/app", &v)
	if err != nil {
		return v, err
	}
	for _, m := range loadedFirst.FindAllSubmatch(page, -1) {
		name := string(m[1])
		if name[0] != '/' {
			name = "/app/" + name
		}
		if _, err := s.fetch(ctx, name, &v); err != nil {
			return v, err
		}
	}
	if v.Files < 3 {
		return v, fmt.Errorf("the phone app's page names %d files; a script and a style at least were expected", v.Files-1)
	}
	return v, nil
}

func (s *server) fetch(ctx context.Context, path string, v *visit) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := newTransport().RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", path, answer.StatusCode)
	}
	v.Files++
	v.Served += len(body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		plain, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(plain); err != nil {
			return nil, err
		}
	}
	var small bytes.Buffer
	w, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	v.Gzip += small.Len()
	return body, nil
}

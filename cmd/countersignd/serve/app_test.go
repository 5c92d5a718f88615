package serve

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestTheAppTravelsCompressedToWhoTakesIt(t *testing.T) {
	script := bytes.Repeat([]byte("export const approve = () => {};\n"), 100)
	noise := []byte{0x89, 'P', 'N', 'G', 1, 2, 3, 4, 5, 6, 7, 8}
	routes := appRoutes(fstest.MapFS{"index.html": {Data: script}, "icon.png": {Data: noise}})
	get := func(path, accept, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.SetPathValue("name", path[len("/app/"):])
		r.Header.Set("Accept-Encoding", accept)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		routes[1].Serve(w, r)
		return w
	}
	tags := make(map[string]bool)
	for _, tt := range []struct {
		claim, path, accept string
		small               bool
	}{
		{"every browser takes gzip", "/app/index.html", "gzip, deflate, br", true},
		{"with a weight too", "/app/index.html", "br;q=1.0, gzip;q=0.8", true},
		{"weight zero is a refusal", "/app/index.html", "gzip;q=0, *", false},
		{"who does not ask gets it plain", "/app/index.html", "", false},
		{"what does not shrink stays as it is", "/app/icon.png", "gzip", false},
	} {
		w := get(tt.path, tt.accept, "")
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != tt.small {
			t.Errorf("%s: compressed = %v, want %v", tt.claim, got, tt.small)
		}
		body := io.Reader(w.Body)
		if tt.small {
			if w.Body.Len() >= len(script) {
				t.Errorf("%s: %d bytes for %d", tt.claim, w.Body.Len(), len(script))
			}
			var err error
			if body, err = gzip.NewReader(w.Body); err != nil {
				t.Fatal(err)
			}
		}
		whole, err := io.ReadAll(body)
		want := script
		if tt.path == "/app/icon.png" {
			want = noise
		}
		if err != nil || !bytes.Equal(whole, want) {
			t.Errorf("%s: got %d bytes, %v; want %d", tt.claim, len(whole), err, len(want))
		}
		tag := w.Header().Get("ETag")
		tags[tag] = true
		if again := get(tt.path, tt.accept, tag); again.Code != http.StatusNotModified {
			t.Errorf("%s: asked again with %s, answered %d; want 304", tt.claim, tag, again.Code)
		}
	}
	if len(tags) != 3 {
		t.Errorf("%d tags for three representations", len(tags))
	}
}

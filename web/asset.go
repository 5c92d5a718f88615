package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
)

//go:embed static
var staticFiles embed.FS

// assets are the few files beside the pages, each under an address that changes
// with its content, so that a browser may keep it for good.
type assets struct {
	files map[string]file // by name
}

type file struct {
	version string
	kind    string
	content []byte
}

var kinds = map[string]string{
	"style.css": "text/css; charset=utf-8",
	"live.js":   "text/javascript; charset=utf-8",
	"copy.js":   "text/javascript; charset=utf-8",
	"mark.svg":  "image/svg+xml",
}

func loadAssets() (*assets, error) {
	a := &assets{files: make(map[string]file, len(kinds))}
	for name, kind := range kinds {
		content, err := fs.ReadFile(staticFiles, "static/"+name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		a.files[name] = file{version: hex.EncodeToString(sum[:8]), kind: kind, content: content}
	}
	return a, nil
}

// path is the address of an asset.
func (a *assets) path(name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("web: no asset %q", name)
	}
	return "/assets/" + f.version + "/" + name, nil
}

func (s *Web) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := s.assets.files[r.PathValue("file")]
	if !ok || f.version != r.PathValue("version") {
		s.trouble(w, r, troubleNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	s.send(w, r, f)
}

func (s *Web) favicon(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	s.send(w, r, s.assets.files["mark.svg"])
}

func (s *Web) send(w http.ResponseWriter, r *http.Request, f file) {
	w.Header().Set("Content-Type", f.kind)
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.content)
	}
}

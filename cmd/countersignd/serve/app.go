package serve

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/countersign-id/countersign/gateway"
)

// appPolicy is what the phone app may do. It alone may call other servers,
// since a person may have accounts on several, and may compile WebAssembly
// (protocols.md, part 3); nothing inline, nothing from elsewhere.
const appPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
	"connect-src 'self' https:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// appRoutes serves the committed build of the phone app: one page at /app and
// its files below. Files whose name holds their hash never change.
func appRoutes(files fs.FS) []gateway.Route {
	cache := make(map[string]file)
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		kind := mime.TypeByExtension(path.Ext(name))
		if strings.HasSuffix(name, ".webmanifest") {
			kind = "application/manifest+json"
		}
		cache[name] = file{content: content, tag: base64.RawURLEncoding.EncodeToString(sum[:12]), kind: kind,
			forever: strings.HasPrefix(name, "assets/"), small: sync.OnceValue(func() []byte { return compressed(content) })}
		return nil
	})
	serve := func(w http.ResponseWriter, r *http.Request, name string) {
		f, ok := cache[name]
		if !ok {
			gateway.WriteProblem(w, gateway.Problem{Status: 404, Code: "not-found", Title: "There is nothing here", Detail: "The phone app is at /app."})
			return
		}
		f.serve(w, r, name)
	}
	return []gateway.Route{
		{Method: "GET", Path: "/app", Caller: gateway.Anyone, Serve: func(w http.ResponseWriter, r *http.Request) { serve(w, r, "index.html") }},
		{Method: "GET", Path: "/app/{name...}", Caller: gateway.Anyone, Serve: func(w http.ResponseWriter, r *http.Request) {
			name := r.PathValue("name")
			if name == "" {
				name = "index.html"
			}
			serve(w, r, name)
		}},
	}
}

type file struct {
	content []byte
	tag     string
	kind    string
	forever bool
	small   func() []byte // the content by gzip, made when first asked for
}

// compressed is content by gzip, or nothing where that does not pay: images
// are compressed already. The app is public, so its length tells nothing.
func compressed(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(content)
	if w.Close() != nil || b.Len() > len(content)*9/10 {
		return nil
	}
	return b.Bytes()
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.Trim(strings.TrimPrefix(strings.TrimSpace(weight), "q="), "0.") != "" || strings.TrimSpace(weight) == ""
		}
	}
	return false
}

func (f file) serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Security-Policy", appPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), geolocation=(), microphone=()")
	h.Set("Vary", "Accept-Encoding")
	content, tag := f.content, f.tag
	if takesGzip(r) && f.small() != nil {
		content, tag = f.small(), tag+"-gzip" // another representation has another tag (RFC 9110 §8.8.3)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "no-cache")
	if f.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if name == "sw.js" {
		h.Set("Service-Worker-Allowed", "/app")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

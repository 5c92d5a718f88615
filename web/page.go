package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed template/*.html
var templateFiles embed.FS

// view is what the frame around every page needs; Body is the page's own.
type view struct {
	Title   string
	Said    *saying
	Visitor *visitor // whose pages these are; nil while signing in
	Wide    bool
	Live    string // the stream to listen to
	Refresh int    // seconds until a page without script looks again
	Onward  string // the page goes on to here by itself
	Body    any

	Server string
	Host   string
	Now    time.Time
}

// saying is a remark above a page: what has just happened.
type saying struct {
	Tone string // "good", "warn"
	Text string
}

// pages are the parsed templates by name.
type pages map[string]*template.Template

func loadPages(a *assets) (pages, error) {
	functions := template.FuncMap{
		"say":     say,
		"asset":   a.path,
		"ago":     ago,
		"until":   untilClock,
		"lasting": lasting,
		"millis":  func(d time.Duration) int64 { return d.Milliseconds() },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}
	frame, err := template.New("frame").Funcs(functions).ParseFS(templateFiles, "template/frame.html", "template/part.html")
	if err != nil {
		return nil, err
	}
	names, err := templateFiles.ReadDir("template")
	if err != nil {
		return nil, err
	}
	loaded := make(pages)
	for _, file := range names {
		name := strings.TrimSuffix(file.Name(), path.Ext(file.Name()))
		if name == "frame" || name == "part" {
			continue
		}
		own, err := frame.Clone()
		if err != nil {
			return nil, err
		}
		if loaded[name], err = own.ParseFS(templateFiles, "template/"+file.Name()); err != nil {
			return nil, err
		}
	}
	return loaded, nil
}

// page answers with a page, whole or not at all: a template that fails half-way
// would leave half a form.
func (s *Web) page(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	v.Server, v.Host, v.Now = s.ServerName, s.host, s.Now()
	var body bytes.Buffer
	err := fmt.Errorf("web: no page %q", name)
	if known, ok := s.pages[name]; ok {
		err = known.ExecuteTemplate(&body, "frame", v)
	}
	if err != nil {
		s.Unexpected(err)
		http.Error(w, say("trouble.internal"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes())
	}
}

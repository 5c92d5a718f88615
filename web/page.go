package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"path"
	"regexp"
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
	frame := template.New("frame").Funcs(functions)
	for _, name := range []string{"frame.html", "part.html"} {
		if err := parse(frame, name, a); err != nil {
			return nil, err
		}
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
		if err := parse(own, file.Name(), a); err != nil {
			return nil, err
		}
		loaded[name] = own
	}
	return loaded, nil
}

// fixed is a sentence or an asset that is the same on every page.
var fixed = regexp.MustCompile(`\{\{(say|asset) "([^"]*)"\}\}`)

// parse adds a template file. What is fixed is put in now: calling for it, and
// escaping it, was half of what a page cost. It stands in text and in quoted
// attributes alone, where this one escape is the right one.
func parse(into *template.Template, name string, a *assets) error {
	text, err := templateFiles.ReadFile("template/" + name)
	if err != nil {
		return err
	}
	whole := fixed.ReplaceAllStringFunc(string(text), func(call string) string {
		m := fixed.FindStringSubmatch(call)
		if m[1] == "say" {
			return html.EscapeString(say(m[2]))
		}
		path, problem := a.path(m[2])
		err = errors.Join(err, problem)
		return html.EscapeString(path)
	})
	if err != nil {
		return err
	}
	_, err = into.New(name).Parse(whole)
	return err
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

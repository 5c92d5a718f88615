package web

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// readForm reads the named fields, each at most once, and refuses all others.
// A field that nobody reads today is one that somebody reads differently
// tomorrow; one that is missing reads as empty, which each form refuses where
// it matters.
func readForm(r *http.Request, names ...string) (map[string]string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	// A form without fields may come without a type.
	if (err != nil || kind != "application/x-www-form-urlencoded") && !(len(names) == 0 && r.ContentLength == 0) {
		return nil, fmt.Errorf("%w: not a form", countersign.ErrMalformed)
	}
	if r.URL.RawQuery != "" {
		return nil, fmt.Errorf("%w: a form's address has no query", countersign.ErrMalformed)
	}
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("%w: the form cannot be read", countersign.ErrMalformed)
	}
	return exactly(r.PostForm, names)
}

// readQuery reads the named parameters of an address, each at most once.
func readQuery(r *http.Request, names ...string) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("%w: the address cannot be read", countersign.ErrMalformed)
	}
	return exactly(values, names)
}

func exactly(values url.Values, names []string) (map[string]string, error) {
	read := make(map[string]string, len(names))
	for name, given := range values {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%w: unknown field", countersign.ErrMalformed)
		}
		if len(given) != 1 {
			return nil, fmt.Errorf("%w: a field stands twice", countersign.ErrMalformed)
		}
		if !utf8.ValidString(given[0]) || strings.ContainsRune(given[0], 0) {
			return nil, fmt.Errorf("%w: not text", countersign.ErrMalformed)
		}
		read[name] = given[0]
	}
	return read, nil
}

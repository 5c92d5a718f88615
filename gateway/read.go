package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	countersign "github.com/countersign-id/countersign"
)

// mostBody caps a JSON request; the largest honest one is under 2 KiB.
const mostBody = 64 << 10

// ErrTooLarge is returned for a body over the cap.
var ErrTooLarge = errors.New("gateway: the body is too large")

// ReadBody reads a request's body up to the cap.
func ReadBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody+1))
	if err != nil {
		return nil, fmt.Errorf("%w: the body broke off", countersign.ErrMalformed)
	}
	if len(body) > mostBody {
		return nil, ErrTooLarge
	}
	return body, nil
}

// ParseStrict reads one JSON object into v, a pointer to a struct whose every
// field has a tag. Unknown, doubled, missing and wrongly typed members and
// trailing bytes are refused, and the error names the member: a parser that
// forgives lets two readers of one message understand two things.
func ParseStrict(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	first, err := dec.Token()
	if err != nil || first != json.Delim('{') {
		return fmt.Errorf("%w: not a JSON object", countersign.ErrMalformed)
	}
	known, required := members(v)
	seen := make(map[string]bool)
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fmt.Errorf("%w: not JSON", countersign.ErrMalformed)
		}
		name, _ := key.(string)
		// Letter by letter: encoding/json takes "Number" for "number", and
		// with both present the later one.
		if !slices.Contains(known, name) {
			return fmt.Errorf("%w: unknown member %q", countersign.ErrMalformed, short(name))
		}
		if seen[name] {
			return fmt.Errorf("%w: member %q stands twice", countersign.ErrMalformed, short(name))
		}
		seen[name] = true
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("%w: member %q is not JSON", countersign.ErrMalformed, short(name))
		}
		if string(value) == "null" {
			return fmt.Errorf("%w: member %q is null", countersign.ErrMalformed, short(name))
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("%w: not JSON", countersign.ErrMalformed)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: bytes after the object", countersign.ErrMalformed)
	}
	strict := json.NewDecoder(bytes.NewReader(body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(v); err != nil {
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			return fmt.Errorf("%w: member %q has the wrong type", countersign.ErrMalformed, short(wrong.Field))
		}
		return fmt.Errorf("%w: not JSON", countersign.ErrMalformed)
	}
	for _, name := range required {
		if !seen[name] {
			return fmt.Errorf("%w: member %q is missing", countersign.ErrMalformed, name)
		}
	}
	return nil
}

func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

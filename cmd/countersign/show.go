package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	countersign "github.com/countersign-id/countersign"
)

// shown makes text from elsewhere safe for a terminal: what would move the
// cursor, turn the direction of text or hide (check C4) is spelled out.
func shown(s string) string {
	if !strings.ContainsFunc(s, hides) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hides(r) || r == utf8.RuneError {
			fmt.Fprintf(&b, "<U+%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hides reports what a person cannot see. A joiner inside a name is no harm in
// its script, but it makes two names that look like one.
func hides(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// nameOf is an entry's name as it is shown.
func nameOf(e *countersign.Entry) string {
	switch {
	case e.Issuer == "" && e.Label == "":
		return "(no name)"
	case e.Issuer == "":
		return shown(e.Label)
	case e.Label == "":
		return shown(e.Issuer)
	}
	return shown(e.Issuer) + ":" + shown(e.Label)
}

// grouped is a code as people read it; scripts get it whole.
func grouped(code string) string {
	switch len(code) {
	case 6:
		return code[:3] + " " + code[3:]
	case 7:
		return code[:3] + " " + code[3:]
	case 9:
		return code[:3] + " " + code[3:6] + " " + code[6:]
	case 8:
		return code[:4] + " " + code[4:]
	case 10:
		return code[:3] + " " + code[3:6] + " " + code[6:]
	}
	return code
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table writes rows in columns.
func table(w io.Writer, head string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.ReplaceAll(head, " ", "\t"))
	for _, row := range rows {
		fmt.Fprintln(t, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	return t.Flush()
}

// candidate is one of several things that a name may mean.
type candidate struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	short string
}

// shorten gives each identity its shortest beginning that tells it from the
// others, at least as long as people expect.
func shorten(ids []string) map[string]string {
	const least = 6
	short := make(map[string]string, len(ids))
	for _, id := range ids {
		n := least
		for _, other := range ids {
			for other != id && n < len(id) && strings.HasPrefix(other, id[:n]) {
				n++
			}
		}
		short[id] = id[:min(n, len(id))]
	}
	return short
}

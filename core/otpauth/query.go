package otpauth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// query is a link's parameters by their names in lower case.
type query struct {
	values  map[string]string
	order   []string
	literal string // the issuer with + as it stood, for "C++"
}

func parseQuery(text string) (query, error) {
	q := query{values: map[string]string{}}
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, raw, _ := strings.Cut(part, "=")
		name, err := decode(name)
		if err != nil {
			return query{}, err
		}
		name = lower(name)
		// A link copied out of a page's source: passing over "amp;digits"
		// would change the codes.
		if strings.HasPrefix(name, "amp;") {
			return query{}, refuse(Encoding)
		}
		// Two values, and readers that take the first or the last: a link
		// that means one account here and another there.
		if _, twice := q.values[name]; twice {
			return query{}, &Refusal{Code: Duplicate, Parameter: shown(name)}
		}
		value, err := decode(strings.ReplaceAll(raw, "+", " "))
		if err != nil {
			return query{}, err
		}
		if name == "issuer" {
			if q.literal, err = decode(raw); err != nil {
				return query{}, err
			}
		}
		q.values[name] = value
		q.order = append(q.order, name)
	}
	return q, nil
}

// take is a parameter's value, which then counts as read.
func (q *query) take(name string) (value string, found bool) {
	if i := slices.Index(q.order, name); i >= 0 {
		q.order = slices.Delete(q.order, i, i+1)
		return q.values[name], true
	}
	return "", false
}

// dropped are the names of the parameters that nobody took, or a refusal when
// one of them changes the codes.
func (q *query) dropped() ([]string, error) {
	var names []string
	for _, name := range q.order {
		if changesCodes(name) {
			return nil, &Refusal{Code: Parameter, Parameter: shown(name)}
		}
		if !slices.Contains(names, shown(name)) {
			names = append(names, shown(name))
		}
	}
	return names, nil
}

// changesCodes knows the parameters without which the codes would be wrong:
// another alphabet (KeePassXC), another beginning of time, and privacyIDEA's
// enrolment in two steps, whose link holds half of a key.
func changesCodes(name string) bool {
	return name == "encoder" || name == "t0" || name == "offset" || strings.HasPrefix(name, "2step_")
}

// shown is a parameter's name as far as it is fit to be told: not a text of
// pages, and not a key that lost the name before it.
func shown(name string) string {
	if name == "" || len(name) > 16 {
		return "?"
	}
	for _, r := range name {
		if !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || r == '-') {
			return "?"
		}
	}
	return name
}

// decode undoes percent-encoding (RFC 3986 §2.1) and refuses what it cannot
// have made, and bytes that are no text.
func decode(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	decoded := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			decoded = append(decoded, s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", refuse(Encoding)
		}
		high, low := hexDigit(s[i+1]), hexDigit(s[i+2])
		if high < 0 || low < 0 {
			return "", refuse(Encoding)
		}
		decoded = append(decoded, byte(high<<4|low))
		i += 2
	}
	if !utf8.Valid(decoded) {
		return "", refuse(Encoding)
	}
	return string(decoded), nil
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// encode is percent-encoding of all but RFC 3986 §2.3's unreserved characters.
func encode(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

// hides reports characters that are not seen where they stand: controls, line
// and paragraph separators, and those that turn the direction of text, with
// which "moc.elpmaxe" is shown as example.com.
func hides(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	})
}

package vault

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"
)

// canonical writes JSON in the form of RFC 8785. encoding/json cannot: it
// spells U+2028 and U+2029 as escapes, which JavaScript does not, and the two
// implementations would disagree about one label in a million.
//
// Objects are written with their members in the order of their names; the
// caller keeps to it, and the vectors hold it.
type canonical struct {
	out   []byte
	first bool // nothing stands yet in the innermost object or array
}

func (c *canonical) open(bracket byte)  { c.out, c.first = append(c.out, bracket), true }
func (c *canonical) close(bracket byte) { c.out, c.first = append(c.out, bracket), false }

func (c *canonical) comma() {
	if !c.first {
		c.out = append(c.out, ',')
	}
	c.first = false
}

func (c *canonical) name(name string) {
	c.comma()
	c.out = append(c.out, '"')
	c.out = append(c.out, name...)
	c.out = append(c.out, '"', ':')
}

func (c *canonical) text(name, value string) {
	c.name(name)
	c.out = appendString(c.out, value)
}

func (c *canonical) number(name string, value int64) {
	c.name(name)
	c.out = strconv.AppendInt(c.out, value, 10)
}

func (c *canonical) boolean(name string, value bool) {
	c.name(name)
	c.out = strconv.AppendBool(c.out, value)
}

func (c *canonical) bytes(name string, value []byte) {
	c.name(name)
	c.out = append(c.out, '"')
	c.out = base64.RawURLEncoding.AppendEncode(c.out, value)
	c.out = append(c.out, '"')
}

func (c *canonical) time(name string, value time.Time) { c.number(name, milliseconds(value)) }

func (c *canonical) texts(name string, values []string) {
	c.name(name)
	c.open('[')
	for _, v := range values {
		c.comma()
		c.out = appendString(c.out, v)
	}
	c.close(']')
}

// appendString spells s by RFC 8785 §3.2.2.2: the seven short escapes, lower
// case \u00xx for the other controls, everything else as it is.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	for i := 0; i < len(s); i++ {
		switch b := s[i]; b {
		case '"', '\\':
			out = append(out, '\\', b)
		case '\b':
			out = append(out, `\b`...)
		case '\t':
			out = append(out, `\t`...)
		case '\n':
			out = append(out, `\n`...)
		case '\f':
			out = append(out, `\f`...)
		case '\r':
			out = append(out, `\r`...)
		default:
			if b < 0x20 {
				out = fmt.Appendf(out, `\u%04x`, b)
				continue
			}
			out = append(out, b)
		}
	}
	return append(out, '"')
}

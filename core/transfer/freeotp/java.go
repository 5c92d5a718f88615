package freeotp

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// javaMap is the beginning of every serialised java.util.HashMap, up to its
// load factor and threshold: the class, its version and its two fields
// (Java Object Serialization Specification 6.4.2). Comparing it whole means
// that no other class is ever looked at.
const javaMap = "\xac\xed\x00\x05" + // magic and version
	"\x73\x72\x00\x11java.util.HashMap\x05\x07\xda\xc1\xc3\x16\x60\xd1\x03" + // object of class, with its own writeObject
	"\x00\x02F\x00\x0aloadFactorI\x00\x09threshold\x78\x70" // two fields, no super class

const (
	tcNull       = 0x70
	tcReference  = 0x71
	tcString     = 0x74
	tcBlock      = 0x77
	tcEnd        = 0x78
	tcLongString = 0x7c

	// baseHandle numbers what has been written; the class and the map come first.
	baseHandle  = 0x7e0000
	firstString = baseHandle + 2

	maxPairs = 100_000
)

// pair is one key and value, in the order of the file.
type pair struct{ key, value string }

// readJavaMap reads a serialised HashMap of strings.
func readJavaMap(b []byte) ([]pair, error) {
	r := &javaReader{rest: b}
	if string(r.take(len(javaMap))) != javaMap {
		return nil, r.broken()
	}
	r.take(8) // load factor and threshold say how Java would lay it out
	if head := r.take(2); head == nil || head[0] != tcBlock || head[1] != 8 {
		return nil, r.broken()
	}
	r.take(4) // capacity, likewise
	count := r.uint32()
	if count > maxPairs {
		return nil, foreign.TooLarge("it says that it holds more entries than any export")
	}
	var pairs []pair
	for range count {
		key, keyErr := r.string()
		value, valueErr := r.string()
		if keyErr != nil || valueErr != nil {
			return nil, r.broken()
		}
		pairs = append(pairs, pair{key, value})
	}
	if end := r.take(1); end == nil || end[0] != tcEnd || len(r.rest) != 0 {
		return nil, r.broken()
	}
	return pairs, nil
}

type javaReader struct {
	rest    []byte
	strings []string // by handle, for references
	failed  bool
}

func (r *javaReader) broken() error {
	return foreign.Damaged("it breaks off, or holds something other than text", nil)
}

// take is the next n bytes, or nil when there are fewer.
func (r *javaReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *javaReader) uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

func (r *javaReader) string() (string, error) {
	tag := r.take(1)
	if tag == nil {
		return "", r.broken()
	}
	var size int
	switch tag[0] {
	case tcString:
		b := r.take(2)
		if b == nil {
			return "", r.broken()
		}
		size = int(binary.BigEndian.Uint16(b))
	case tcLongString:
		b := r.take(8)
		if b == nil || binary.BigEndian.Uint64(b) > foreign.MaxFile {
			return "", r.broken()
		}
		size = int(binary.BigEndian.Uint64(b))
	case tcReference:
		handle := int64(r.uint32()) - firstString
		if r.failed || handle < 0 || handle >= int64(len(r.strings)) {
			return "", r.broken()
		}
		return r.strings[handle], nil
	case tcNull:
		return "", nil
	default:
		return "", r.broken()
	}
	raw := r.take(size)
	if r.failed {
		return "", r.broken()
	}
	text, ok := modifiedUTF8(raw)
	if !ok {
		return "", r.broken()
	}
	r.strings = append(r.strings, text)
	return text, nil
}

// modifiedUTF8 reads Java's spelling of text: zero takes two bytes, and what
// is beyond the basic plane is two surrogates of three bytes each.
func modifiedUTF8(b []byte) (string, bool) {
	units := make([]uint16, 0, len(b))
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c != 0 && c < 0x80:
			units = append(units, uint16(c))
			i++
		case c&0xe0 == 0xc0 && i+1 < len(b) && b[i+1]&0xc0 == 0x80:
			units = append(units, uint16(c&0x1f)<<6|uint16(b[i+1]&0x3f))
			i += 2
		case c&0xf0 == 0xe0 && i+2 < len(b) && b[i+1]&0xc0 == 0x80 && b[i+2]&0xc0 == 0x80:
			units = append(units, uint16(c&0x0f)<<12|uint16(b[i+1]&0x3f)<<6|uint16(b[i+2]&0x3f))
			i += 3
		default:
			return "", false
		}
	}
	runes := utf16.Decode(units)
	for _, r := range runes {
		if r == utf8.RuneError {
			return "", false
		}
	}
	return string(runes), true
}

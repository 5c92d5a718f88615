package sqlite

import (
	"encoding/binary"
	"math"
	"strconv"
)

// record splits a row into its values (format 2.1).
func record(b []byte) ([]Value, error) {
	size, n := varint(b)
	if n == 0 || size > uint64(len(b)) || int(size) < n {
		return nil, damaged("a row of its database is not as it should be")
	}
	kinds, body := b[n:size], b[size:]
	var values []Value
	for len(kinds) > 0 {
		kind, n := varint(kinds)
		if n == 0 {
			return nil, damaged("a row of its database is not as it should be")
		}
		kinds = kinds[n:]
		length, ok := lengthOf(kind)
		if !ok || length > len(body) {
			return nil, damaged("a row of its database is not as it should be")
		}
		values = append(values, valueOf(kind, body[:length]))
		body = body[length:]
	}
	if len(body) != 0 {
		return nil, damaged("a row of its database is not as it should be")
	}
	return values, nil
}

// The serial types that are not texts or blobs.
const (
	serialNull  = 0
	serialFloat = 7
	serialZero  = 8
	serialOne   = 9
	serialText  = 13 // the least; odd numbers are texts, even ones blobs
)

var integerLengths = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

func lengthOf(kind uint64) (int, bool) {
	switch {
	case kind == serialNull, kind == serialZero, kind == serialOne:
		return 0, true
	case kind == serialFloat:
		return 8, true
	case kind < uint64(len(integerLengths)):
		return integerLengths[kind], true
	case kind < serialText-1:
		return 0, false // reserved
	}
	if length := (kind - (serialText - 1)) / 2; length <= maxValue {
		return int(length), true
	}
	return 0, false
}

func valueOf(kind uint64, b []byte) Value {
	switch {
	case kind == serialNull:
		return Value{}
	case kind == serialZero:
		return Value{Text: "0"}
	case kind == serialOne:
		return Value{Text: "1", Int: 1}
	case kind == serialFloat:
		f := math.Float64frombits(binary.BigEndian.Uint64(b))
		return Value{Text: strconv.FormatFloat(f, 'g', -1, 64)}
	case kind < serialFloat:
		n := int64(int8(b[0])) // the first byte has the sign
		for _, next := range b[1:] {
			n = n<<8 | int64(next)
		}
		return Value{Text: strconv.FormatInt(n, 10), Int: n}
	}
	text := string(b)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		n = 0
	}
	return Value{Text: text, Int: n}
}

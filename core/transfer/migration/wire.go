package migration

import "encoding/binary"

// field is one field of a protocol buffer: a number, or bytes.
type field struct {
	number uint64
	value  uint64
	bytes  []byte
}

// The wire types (protobuf.dev/programming-guides/encoding).
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// fields walks a message. A field that is not known is passed over, as the
// encoding intends; one whose kind is not the known one is damage.
func fields(raw []byte, visit func(field) error) error {
	for len(raw) > 0 {
		tag, n := binary.Uvarint(raw)
		if n <= 0 || tag>>3 == 0 {
			return broken()
		}
		raw = raw[n:]
		f := field{number: tag >> 3}
		switch tag & 7 {
		case wireVarint:
			if f.value, n = binary.Uvarint(raw); n <= 0 {
				return broken()
			}
			raw = raw[n:]
		case wireBytes:
			size, n := binary.Uvarint(raw)
			if n <= 0 || size > uint64(len(raw)-n) {
				return broken()
			}
			f.bytes, raw = raw[n:n+int(size)], raw[n+int(size):]
		case wire64, wire32:
			size := 8
			if tag&7 == wire32 {
				size = 4
			}
			if len(raw) < size {
				return broken()
			}
			raw = raw[size:]
			continue // no field of this format has a fixed width
		default:
			return broken()
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

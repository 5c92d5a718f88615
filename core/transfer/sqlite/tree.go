package sqlite

import (
	"context"
	"encoding/binary"
)

// The kinds of page in a table's tree (format 1.6).
const (
	tableInterior = 0x05
	tableLeaf     = 0x0d

	interiorHeader = 12
	leafHeader     = 8

	// maxDepth: a tree of 16 MB has four levels.
	maxDepth = 12
)

// walk visits the rows of the tree at root, in the order of their numbers.
func (f *file) walk(ctx context.Context, root uint32, visit func([]Value) error) error {
	f.seen = map[uint32]bool{}
	return f.walkPage(ctx, root, 0, visit)
}

func (f *file) walkPage(ctx context.Context, number uint32, depth int, visit func([]Value) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		return damaged("its database is not a tree")
	}
	page, err := f.page(number)
	if err != nil {
		return err
	}
	start := 0
	if number == 1 {
		start = headerSize
	}
	kind, size := page[start], leafHeader
	switch kind {
	case tableLeaf:
	case tableInterior:
		size = interiorHeader
	default:
		return damaged("its table of accounts is not kept as a table")
	}
	cells := int(binary.BigEndian.Uint16(page[start+3:]))
	if start+size+2*cells > f.usable {
		return damaged("a page of its database is not as it should be")
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[start+size+2*i:]))
		if at < start+size || at+4 > f.usable {
			return damaged("a page of its database is not as it should be")
		}
		if kind == tableInterior {
			err = f.walkPage(ctx, binary.BigEndian.Uint32(page[at:]), depth+1, visit)
		} else {
			err = f.visitCell(page[at:f.usable], visit)
		}
		if err != nil {
			return err
		}
	}
	if kind == tableInterior {
		return f.walkPage(ctx, binary.BigEndian.Uint32(page[start+8:]), depth+1, visit)
	}
	return nil
}

func (f *file) visitCell(cell []byte, visit func([]Value) error) error {
	size, n := varint(cell)
	if n == 0 || size > maxValue*4 {
		return damaged("a row of its database is larger than any account")
	}
	_, m := varint(cell[n:]) // the row's number
	if m == 0 {
		return damaged("a page of its database is not as it should be")
	}
	payload, err := f.payload(cell[n+m:], int(size))
	if err != nil {
		return err
	}
	values, err := record(payload)
	if err != nil {
		return err
	}
	return visit(values)
}

// payload gathers a row from its page and the pages that it overflows to
// (format 1.6, "B-tree Cell Format", and 1.7).
func (f *file) payload(local []byte, size int) ([]byte, error) {
	here := size
	if most := f.usable - 35; size > most {
		least := (f.usable-12)*32/255 - 23
		here = least + (size-least)%(f.usable-4)
		if here > most {
			here = least
		}
	}
	if here == size {
		if size > len(local) {
			return nil, damaged("a page of its database is not as it should be")
		}
		return local[:size], nil
	}
	if here+4 > len(local) {
		return nil, damaged("a page of its database is not as it should be")
	}
	out := append(make([]byte, 0, size), local[:here]...)
	next := binary.BigEndian.Uint32(local[here:])
	for len(out) < size {
		page, err := f.page(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		out = append(out, page[4:4+min(f.usable-4, size-len(out))]...)
	}
	return out, nil
}

// varint reads SQLite's variable-length integer, or gives length zero (format 1.6).
func varint(b []byte) (value uint64, length int) {
	for i := 0; i < len(b) && i < 9; i++ {
		if i == 8 {
			return value<<8 | uint64(b[i]), 9
		}
		value = value<<7 | uint64(b[i]&0x7f)
		if b[i]&0x80 == 0 {
			return value, i + 1
		}
	}
	return 0, 0
}

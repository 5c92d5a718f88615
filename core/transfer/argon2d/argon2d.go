package argon2d

import (
	"context"
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/blake2b"
)

const (
	version    = 0x13
	kind       = 0 // y = 0 is Argon2d (RFC 9106 section 3.2)
	syncPoints = 4
	blockWords = 128 // 1 KiB of 64-bit words
)

type block [blockWords]uint64

// Key derives size bytes. memory is in KiB. secret and extra are RFC 9106's K
// and X, usually empty. The only error is the context's.
func Key(ctx context.Context, password, salt, secret, extra []byte, passes, memory, lanes uint32, size int) ([]byte, error) {
	// H_0 takes the memory as asked for; the matrix is what the lanes can share evenly.
	h0 := initialHash(password, salt, secret, extra, passes, memory, lanes, uint32(size))
	memory = max(memory/(syncPoints*lanes)*(syncPoints*lanes), 2*syncPoints*lanes)
	m := &matrix{blocks: make([]block, memory), lanes: lanes, length: memory / lanes, segment: memory / lanes / syncPoints}
	m.begin(h0)
	for pass := range passes {
		for slice := range uint32(syncPoints) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			for lane := range lanes {
				m.fill(pass, slice, lane)
			}
		}
	}
	return m.end(size), nil
}

// initialHash is H_0 (RFC 9106 section 3.2).
func initialHash(password, salt, secret, extra []byte, passes, memory, lanes, size uint32) []byte {
	h, _ := blake2b.New512(nil)
	var word [4]byte
	put := func(v uint32) {
		binary.LittleEndian.PutUint32(word[:], v)
		h.Write(word[:])
	}
	for _, v := range []uint32{lanes, size, memory, passes, version, kind} {
		put(v)
	}
	for _, part := range [][]byte{password, salt, secret, extra} {
		put(uint32(len(part)))
		h.Write(part)
	}
	return h.Sum(nil)
}

// longHash is H', the hash of variable length (RFC 9106 section 3.3).
func longHash(in []byte, size int) []byte {
	head := binary.LittleEndian.AppendUint32(nil, uint32(size))
	if size <= blake2b.Size {
		h, _ := blake2b.New(size, nil)
		h.Write(head)
		h.Write(in)
		return h.Sum(nil)
	}
	out := make([]byte, 0, size)
	v := blake2b.Sum512(append(head, in...))
	for size-len(out) > blake2b.Size {
		out = append(out, v[:blake2b.Size/2]...)
		if size-len(out) <= blake2b.Size {
			break
		}
		v = blake2b.Sum512(v[:])
	}
	h, _ := blake2b.New(size-len(out), nil)
	h.Write(v[:])
	return h.Sum(out)
}

type matrix struct {
	blocks                 []block
	lanes, length, segment uint32
}

func (m *matrix) begin(h0 []byte) {
	for lane := range m.lanes {
		for column := range uint32(2) {
			seed := binary.LittleEndian.AppendUint32(append([]byte(nil), h0...), column)
			seed = binary.LittleEndian.AppendUint32(seed, lane)
			raw := longHash(seed, blockWords*8)
			b := &m.blocks[lane*m.length+column]
			for i := range b {
				b[i] = binary.LittleEndian.Uint64(raw[i*8:])
			}
		}
	}
}

func (m *matrix) end(size int) []byte {
	sum := m.blocks[m.length-1]
	for lane := uint32(1); lane < m.lanes; lane++ {
		last := &m.blocks[lane*m.length+m.length-1]
		for i := range sum {
			sum[i] ^= last[i]
		}
	}
	var raw [blockWords * 8]byte
	for i, word := range sum {
		binary.LittleEndian.PutUint64(raw[i*8:], word)
	}
	return longHash(raw[:], size)
}

// fill computes one segment. Within a slice the segments read only what
// earlier slices wrote and their own lane, so their order does not matter.
func (m *matrix) fill(pass, slice, lane uint32) {
	index := uint32(0)
	if pass == 0 && slice == 0 {
		index = 2
	}
	base := lane * m.length
	column := slice*m.segment + index
	for ; index < m.segment; index, column = index+1, column+1 {
		previous := column - 1
		if column == 0 {
			previous = m.length - 1
		}
		mix(&m.blocks[base+column], &m.blocks[base+previous], m.reference(m.blocks[base+previous][0], pass, slice, lane, index), pass > 0)
	}
}

// reference picks the block to mix in (RFC 9106 sections 3.4.1.1 and 3.4.2).
func (m *matrix) reference(random uint64, pass, slice, lane, index uint32) *block {
	other := uint32(random>>32) % m.lanes
	if pass == 0 && slice == 0 {
		other = lane
	}
	window, start := slice*m.segment, uint32(0)
	if pass > 0 {
		window = m.length - m.segment
		start = (slice + 1) % syncPoints * m.segment
	}
	switch {
	case other == lane:
		window += index - 1
	case index == 0:
		window--
	}
	x := (random & 0xffffffff) * (random & 0xffffffff) >> 32
	back := uint64(window) * x >> 32
	column := (uint64(start) + uint64(window) - 1 - back) % uint64(m.length)
	return &m.blocks[other*m.length+uint32(column)]
}

// mix is the compression function G (RFC 9106 section 3.5). After the first
// pass the result is laid over what stood there. One goroutine fills the whole
// matrix: the race detector would find nothing in here, four times as slowly.
//
//go:norace
func mix(out, x, y *block, over bool) {
	var r, z block
	for i := range r {
		r[i] = x[i] ^ y[i]
	}
	z = r
	for i := 0; i < blockWords; i += 16 {
		round(&z[i], &z[i+1], &z[i+2], &z[i+3], &z[i+4], &z[i+5], &z[i+6], &z[i+7],
			&z[i+8], &z[i+9], &z[i+10], &z[i+11], &z[i+12], &z[i+13], &z[i+14], &z[i+15])
	}
	for i := 0; i < 16; i += 2 {
		round(&z[i], &z[i+1], &z[i+16], &z[i+17], &z[i+32], &z[i+33], &z[i+48], &z[i+49],
			&z[i+64], &z[i+65], &z[i+80], &z[i+81], &z[i+96], &z[i+97], &z[i+112], &z[i+113])
	}
	if over {
		for i := range z {
			out[i] ^= r[i] ^ z[i]
		}
		return
	}
	for i := range z {
		out[i] = r[i] ^ z[i]
	}
}

// round is the permutation P (RFC 9106 section 3.6): G over the columns of a
// four by four matrix, then over its diagonals. Sixteen locals instead of a
// loop let the compiler keep them in registers, which is five times as fast.
//
//go:norace
func round(p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15 *uint64) {
	v0, v1, v2, v3, v4, v5, v6, v7 := *p0, *p1, *p2, *p3, *p4, *p5, *p6, *p7
	v8, v9, v10, v11, v12, v13, v14, v15 := *p8, *p9, *p10, *p11, *p12, *p13, *p14, *p15

	v0 = multiplyAdd(v0, v4)
	v12 = bits.RotateLeft64(v12^v0, -32)
	v8 = multiplyAdd(v8, v12)
	v4 = bits.RotateLeft64(v4^v8, -24)
	v0 = multiplyAdd(v0, v4)
	v12 = bits.RotateLeft64(v12^v0, -16)
	v8 = multiplyAdd(v8, v12)
	v4 = bits.RotateLeft64(v4^v8, -63)
	v1 = multiplyAdd(v1, v5)
	v13 = bits.RotateLeft64(v13^v1, -32)
	v9 = multiplyAdd(v9, v13)
	v5 = bits.RotateLeft64(v5^v9, -24)
	v1 = multiplyAdd(v1, v5)
	v13 = bits.RotateLeft64(v13^v1, -16)
	v9 = multiplyAdd(v9, v13)
	v5 = bits.RotateLeft64(v5^v9, -63)
	v2 = multiplyAdd(v2, v6)
	v14 = bits.RotateLeft64(v14^v2, -32)
	v10 = multiplyAdd(v10, v14)
	v6 = bits.RotateLeft64(v6^v10, -24)
	v2 = multiplyAdd(v2, v6)
	v14 = bits.RotateLeft64(v14^v2, -16)
	v10 = multiplyAdd(v10, v14)
	v6 = bits.RotateLeft64(v6^v10, -63)
	v3 = multiplyAdd(v3, v7)
	v15 = bits.RotateLeft64(v15^v3, -32)
	v11 = multiplyAdd(v11, v15)
	v7 = bits.RotateLeft64(v7^v11, -24)
	v3 = multiplyAdd(v3, v7)
	v15 = bits.RotateLeft64(v15^v3, -16)
	v11 = multiplyAdd(v11, v15)
	v7 = bits.RotateLeft64(v7^v11, -63)

	v0 = multiplyAdd(v0, v5)
	v15 = bits.RotateLeft64(v15^v0, -32)
	v10 = multiplyAdd(v10, v15)
	v5 = bits.RotateLeft64(v5^v10, -24)
	v0 = multiplyAdd(v0, v5)
	v15 = bits.RotateLeft64(v15^v0, -16)
	v10 = multiplyAdd(v10, v15)
	v5 = bits.RotateLeft64(v5^v10, -63)
	v1 = multiplyAdd(v1, v6)
	v12 = bits.RotateLeft64(v12^v1, -32)
	v11 = multiplyAdd(v11, v12)
	v6 = bits.RotateLeft64(v6^v11, -24)
	v1 = multiplyAdd(v1, v6)
	v12 = bits.RotateLeft64(v12^v1, -16)
	v11 = multiplyAdd(v11, v12)
	v6 = bits.RotateLeft64(v6^v11, -63)
	v2 = multiplyAdd(v2, v7)
	v13 = bits.RotateLeft64(v13^v2, -32)
	v8 = multiplyAdd(v8, v13)
	v7 = bits.RotateLeft64(v7^v8, -24)
	v2 = multiplyAdd(v2, v7)
	v13 = bits.RotateLeft64(v13^v2, -16)
	v8 = multiplyAdd(v8, v13)
	v7 = bits.RotateLeft64(v7^v8, -63)
	v3 = multiplyAdd(v3, v4)
	v14 = bits.RotateLeft64(v14^v3, -32)
	v9 = multiplyAdd(v9, v14)
	v4 = bits.RotateLeft64(v4^v9, -24)
	v3 = multiplyAdd(v3, v4)
	v14 = bits.RotateLeft64(v14^v3, -16)
	v9 = multiplyAdd(v9, v14)
	v4 = bits.RotateLeft64(v4^v9, -63)

	*p0, *p1, *p2, *p3, *p4, *p5, *p6, *p7 = v0, v1, v2, v3, v4, v5, v6, v7
	*p8, *p9, *p10, *p11, *p12, *p13, *p14, *p15 = v8, v9, v10, v11, v12, v13, v14, v15
}

// multiplyAdd is BLAKE2b's addition with a product that slows down hardware
// made for guessing.
//
//go:norace
func multiplyAdd(a, b uint64) uint64 {
	return a + b + 2*uint64(uint32(a))*uint64(uint32(b))
}

package keepass

import (
	"bytes"
	"encoding/binary"

	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// The signatures and versions at the beginning of a file.
const (
	signature1   = 0x9AA2D903
	signature2   = 0xB54BFB67
	signatureKDB = 0xB54BFB65 // KeePass 1
	major        = 4
)

// The header fields that KDBX 4 uses.
const (
	fieldEnd         = 0
	fieldCipher      = 2
	fieldCompression = 3
	fieldMasterSeed  = 4
	fieldNonce       = 7
	fieldKDF         = 11
)

// maxField is beyond any header field; plugins' public data is small.
const maxField = 1 << 20

type header struct {
	raw        []byte // what the two checksums cover
	cipher     string // the 16 bytes of its UUID
	compressed bool
	seed       []byte
	nonce      []byte
	kdf        dictionary
}

// signatures reports the format's mark and the file's version.
func signatures(b []byte) (kdbx, kdb bool, version uint16) {
	if len(b) < 12 || binary.LittleEndian.Uint32(b) != signature1 {
		return false, false, 0
	}
	second := binary.LittleEndian.Uint32(b[4:])
	return second == signature2, second == signatureKDB, binary.LittleEndian.Uint16(b[10:])
}

func broken(what string) error { return foreign.Damaged("its header "+what, nil) }

// readHeader gives the header and what follows it.
func readHeader(b []byte) (header, []byte, error) {
	h := header{}
	rest := b[12:]
	for {
		if len(rest) < 5 {
			return h, nil, broken("breaks off")
		}
		id, size := rest[0], binary.LittleEndian.Uint32(rest[1:])
		if size > maxField || int(size) > len(rest)-5 {
			return h, nil, broken("breaks off")
		}
		value := rest[5 : 5+size]
		rest = rest[5+size:]
		switch id {
		case fieldEnd:
			h.raw = b[:len(b)-len(rest)]
			if len(h.cipher) != 16 || len(h.seed) != 32 || h.kdf == nil {
				return h, nil, broken("is incomplete")
			}
			return h, rest, nil
		case fieldCipher:
			h.cipher = string(value)
		case fieldCompression:
			if len(value) != 4 || binary.LittleEndian.Uint32(value) > 1 {
				return h, nil, broken("names a compression that is not known")
			}
			h.compressed = value[0] == 1
		case fieldMasterSeed:
			h.seed = value
		case fieldNonce:
			h.nonce = value
		case fieldKDF:
			var err error
			if h.kdf, err = readDictionary(value); err != nil {
				return h, nil, err
			}
		}
	}
}

// dictionary is KeePass' VariantDictionary; values as their bytes.
type dictionary map[string][]byte

func readDictionary(b []byte) (dictionary, error) {
	if len(b) < 2 || b[1] != 1 {
		return nil, broken("describes its key derivation in a way that is not known")
	}
	out := dictionary{}
	b = b[2:]
	for len(b) > 0 {
		if b[0] == 0 {
			return out, nil
		}
		b = b[1:]
		var parts [2][]byte
		for i := range parts {
			if len(b) < 4 {
				return nil, broken("breaks off")
			}
			size := binary.LittleEndian.Uint32(b)
			if uint64(size) > uint64(len(b)-4) {
				return nil, broken("breaks off")
			}
			parts[i], b = b[4:4+size], b[4+size:]
		}
		if _, twice := out[string(parts[0])]; twice {
			return nil, broken("says something twice")
		}
		out[string(parts[0])] = parts[1]
	}
	return nil, broken("breaks off")
}

// uint reads a number of 32 or 64 bits; absent or of another length is zero,
// which no setting may be.
func (d dictionary) uint(key string) uint64 {
	switch b := d[key]; len(b) {
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d dictionary) is(key, value string) bool { return bytes.Equal(d[key], []byte(value)) }

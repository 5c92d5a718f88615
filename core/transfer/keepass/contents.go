package keepass

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"io"

	"github.com/countersign-id/countersign/core/transfer/foreign"
	"golang.org/x/crypto/chacha20"
	//lint:ignore SA1019 KeePass encrypts its fields with it, block by block
	"golang.org/x/crypto/salsa20/salsa"
	//lint:ignore SA1019 a database that uses it must open
	"golang.org/x/crypto/twofish"
)

// The ciphers, by their UUIDs.
const (
	cipherAES     = "\x31\xc1\xf2\xe6\xbf\x71\x43\x50\xbe\x58\x05\x21\x6a\xfc\x5a\xff"
	cipherChaCha  = "\xd6\x03\x8a\x2b\x8b\x6f\x4c\xb5\xa5\x24\x33\x9a\x31\xdb\xb5\x9a"
	cipherTwofish = "\xad\x68\xf2\x9f\x57\x6f\x4b\xb9\xa3\x6a\xd4\x7a\xf9\x65\x34\x6c"
)

// joinBlocks checks each block against its number and puts them together: a
// block that is changed, missing or moved is found out.
func joinBlocks(b []byte, k keys) ([]byte, error) {
	var out []byte
	for number := uint64(0); ; number++ {
		if len(b) < 36 {
			return nil, foreign.Damaged("it breaks off", nil)
		}
		sum, size := b[:32], binary.LittleEndian.Uint32(b[32:])
		if uint64(size) > uint64(len(b)-36) {
			return nil, foreign.Damaged("it breaks off", nil)
		}
		mac := hmac.New(sha256.New, k.blockKey(number))
		mac.Write(binary.LittleEndian.AppendUint64(nil, number))
		mac.Write(b[32 : 36+size])
		if !hmac.Equal(mac.Sum(nil), sum) {
			return nil, foreign.Damaged("a part of it has changed since it was saved", nil)
		}
		if size == 0 {
			return out, nil
		}
		out = append(out, b[36:36+size]...)
		b = b[36+size:]
	}
}

func decrypt(h header, k keys, sealed []byte) ([]byte, error) {
	var block cipher.Block
	var err error
	switch h.cipher {
	case cipherAES:
		block, err = aes.NewCipher(k.contents[:])
	case cipherTwofish:
		block, err = twofish.NewCipher(k.contents[:])
	case cipherChaCha:
		stream, err := chacha20.NewUnauthenticatedCipher(k.contents[:], h.nonce)
		if err != nil {
			return nil, broken("has no whole nonce")
		}
		plain := make([]byte, len(sealed))
		stream.XORKeyStream(plain, sealed)
		return plain, nil
	default:
		return nil, foreign.Unsupported("keepass-cipher", "This KeePass database uses a cipher that is not known here.",
			"In KeePass, choose File, Database Settings, Security, set the encryption to AES or ChaCha20, and save.")
	}
	if err != nil {
		return nil, foreign.Damaged("its contents cannot be decrypted", err)
	}
	return foreign.OpenCBCWith(block, h.nonce, sealed)
}

// maxInflated bounds what a database may unpack to; see foreign.MaxFile.
const maxInflated = 128 << 20

// inflate gives the contents as a stream that ends in TooLarge when it is a bomb.
func inflate(h header, plain []byte) (io.Reader, error) {
	if !h.compressed {
		return bytes.NewReader(plain), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(plain))
	if err != nil {
		return nil, foreign.Damaged("its contents cannot be unpacked", err)
	}
	return &boundedReader{r: z, left: maxInflated}, nil
}

type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, foreign.TooLarge("it unpacks to more than 128 MB")
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// The fields of the inner header.
const (
	innerEnd    = 0
	innerCipher = 1
	innerKey    = 2
	innerBinary = 3
)

const (
	innerSalsa20  = 2
	innerChaCha20 = 3
)

// protection is the stream cipher that hides protected values within the XML.
type protection interface{ XORKeyStream(dst, src []byte) }

// readInner passes over attachments and gives the cipher of protected values.
func readInner(r io.Reader) (protection, error) {
	var kind uint32
	var key []byte
	for {
		var head [5]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return nil, passOn(err)
		}
		size := int64(binary.LittleEndian.Uint32(head[1:]))
		switch id := head[0]; id {
		case innerBinary:
			if _, err := io.CopyN(io.Discard, r, size); err != nil {
				return nil, passOn(err)
			}
			continue
		case innerEnd, innerCipher, innerKey:
			if size > 1024 {
				return nil, foreign.Damaged("its inner header is not as it should be", nil)
			}
			value := make([]byte, size)
			if _, err := io.ReadFull(r, value); err != nil {
				return nil, passOn(err)
			}
			if id == innerEnd {
				return newProtection(kind, key)
			}
			if id == innerKey {
				key = value
			} else if size == 4 {
				kind = binary.LittleEndian.Uint32(value)
			}
		default:
			return nil, foreign.Damaged("its inner header is not as it should be", nil)
		}
	}
}

func newProtection(kind uint32, key []byte) (protection, error) {
	switch kind {
	case innerChaCha20:
		sum := sha512.Sum512(key)
		return chacha20.NewUnauthenticatedCipher(sum[:32], sum[32:44])
	case innerSalsa20:
		return newSalsa(key), nil
	}
	return nil, foreign.Unsupported("keepass-cipher", "This KeePass database protects its fields with a cipher that is not known here.",
		"In KeePass, save a copy of the database and choose that.")
}

// salsa20 is Salsa20 with KeePass' fixed nonce, kept between values.
type salsa20 struct {
	key     [32]byte
	counter [16]byte
	pending []byte
}

func newSalsa(key []byte) *salsa20 {
	s := &salsa20{key: sha256.Sum256(key)}
	copy(s.counter[:], "\xe8\x30\x09\x4b\x97\x20\x5d\x2a")
	return s
}

func (s *salsa20) XORKeyStream(dst, src []byte) {
	for i := range src {
		if len(s.pending) == 0 {
			s.pending = make([]byte, 64)
			salsa.XORKeyStream(s.pending, s.pending, &s.counter, &s.key)
			next := binary.LittleEndian.Uint64(s.counter[8:]) + 1
			binary.LittleEndian.PutUint64(s.counter[8:], next)
		}
		dst[i] = src[i] ^ s.pending[0]
		s.pending = s.pending[1:]
	}
}

// afterPassword turns the answer of an opener that does not know that the
// password has been checked: with it checked, noise is damage.
func afterPassword(err error) error {
	if errors.Is(err, foreign.ErrWrongPassword) {
		return foreign.Damaged("its contents cannot be decrypted", nil)
	}
	return err
}

// passOn keeps a refusal that came through a reader and names everything else.
func passOn(err error) error {
	var refusal *foreign.FileError
	if errors.As(err, &refusal) {
		return refusal
	}
	return foreign.Damaged("its contents break off", err)
}

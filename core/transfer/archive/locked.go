package archive

import (
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash/crc32"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// traditional is the PKWARE cipher (APPNOTE 6.1.5).
type traditional struct{ keys [3]uint32 }

func newTraditional(password []byte) *traditional {
	t := &traditional{keys: [3]uint32{0x12345678, 0x23456789, 0x34567890}}
	for _, b := range password {
		t.update(b)
	}
	return t
}

func (t *traditional) update(b byte) {
	t.keys[0] = crc32.IEEETable[byte(t.keys[0])^b] ^ t.keys[0]>>8
	t.keys[1] = (t.keys[1]+t.keys[0]&0xff)*134775813 + 1
	t.keys[2] = crc32.IEEETable[byte(t.keys[2])^byte(t.keys[1]>>24)] ^ t.keys[2]>>8
}

func (t *traditional) open(b byte) byte {
	x := t.keys[2] | 2
	plain := b ^ byte(x*(x^1)>>8)
	t.update(plain)
	return plain
}

const traditionalHeader = 12

func (f File) readTraditional(raw []byte, password countersign.Secret) ([]byte, error) {
	if len(raw) < traditionalHeader {
		return nil, foreign.Damaged("its archive breaks off", nil)
	}
	cipher := newTraditional(password.Reveal())
	plain := make([]byte, len(raw))
	for i, b := range raw {
		plain[i] = cipher.open(b)
	}
	check := byte(f.entry.CRC32 >> 24)
	if f.entry.Flags&flagDescriptor != 0 {
		// The cipher checks the password with this very field.
		check = byte(f.entry.ModifiedTime >> 8)
	}
	if plain[traditionalHeader-1] != check {
		return nil, foreign.WrongPassword()
	}
	// One password in 256 passes the check; the contents tell the rest.
	text, err := unpack(f.entry.Method, plain[traditionalHeader:])
	if err != nil || crc32.ChecksumIEEE(text) != f.entry.CRC32 {
		return nil, foreign.WrongOrDamaged(text)
	}
	return text, nil
}

// The parts of WinZip's AES extra field and data.
const (
	aesExtra    = 0x9901
	aesRounds   = 1000
	aesCheck    = 2
	aesSum      = 10
	aesNoCRC    = 2 // AE-2 leaves the checksum out
	aesMaxLevel = 3
)

// aesSettings finds version, key length and true method.
func (f File) aesSettings() (version uint16, keySize int, method uint16, ok bool) {
	for extra := f.entry.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return 0, 0, 0, false
		}
		if id == aesExtra && size == 7 {
			level := int(extra[4])
			if level < 1 || level > aesMaxLevel || string(extra[2:4]) != "AE" {
				return 0, 0, 0, false
			}
			return binary.LittleEndian.Uint16(extra), 8 + 8*level, binary.LittleEndian.Uint16(extra[5:]), true
		}
		extra = extra[size:]
	}
	return 0, 0, 0, false
}

func (f File) readAES(raw []byte, password countersign.Secret) ([]byte, error) {
	version, keySize, method, ok := f.aesSettings()
	saltSize := keySize / 2
	if !ok || len(raw) < saltSize+aesCheck+aesSum {
		return nil, foreign.Damaged("its archive breaks off", nil)
	}
	keys, err := pbkdf2.Key(sha1.New, string(password.Reveal()), raw[:saltSize], aesRounds, 2*keySize+aesCheck)
	if err != nil {
		return nil, foreign.Damaged("its key derivation has settings that cannot be used", err)
	}
	raw = raw[saltSize:]
	if subtle.ConstantTimeCompare(keys[2*keySize:], raw[:aesCheck]) != 1 {
		return nil, foreign.WrongPassword()
	}
	sealed, sum := raw[aesCheck:len(raw)-aesSum], raw[len(raw)-aesSum:]
	mac := hmac.New(sha1.New, keys[keySize:2*keySize])
	mac.Write(sealed)
	whole := hmac.Equal(mac.Sum(nil)[:aesSum], sum)
	plain, err := openCounter(keys[:keySize], sealed)
	if err != nil {
		return nil, err
	}
	text, err := unpack(method, plain)
	if !whole {
		return nil, foreign.WrongOrDamaged(text)
	}
	if err != nil {
		return nil, err
	}
	if version != aesNoCRC && crc32.ChecksumIEEE(text) != f.entry.CRC32 {
		return nil, foreign.Damaged("its checksum does not agree", nil)
	}
	return text, nil
}

// openCounter is AES in counter mode with WinZip's counter: little-endian and
// from one, which crypto/cipher's is not.
func openCounter(key, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, foreign.Damaged("its key has a length that AES does not have", err)
	}
	plain := make([]byte, len(sealed))
	var counter, stream [aes.BlockSize]byte
	for i := 0; i < len(sealed); i += aes.BlockSize {
		binary.LittleEndian.PutUint64(counter[:], uint64(i/aes.BlockSize)+1)
		block.Encrypt(stream[:], counter[:])
		end := min(i+aes.BlockSize, len(sealed))
		subtle.XORBytes(plain[i:end], sealed[i:end], stream[:end-i])
	}
	return plain, nil
}

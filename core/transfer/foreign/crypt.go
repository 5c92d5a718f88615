package foreign

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"golang.org/x/crypto/chacha20poly1305"
)

const gcmTag = 16

// OpenGCM opens text sealed with AES-GCM. When it does not authenticate, the
// key stream is laid over it regardless: readable text means the key, and so
// the password, was right and the bytes changed afterwards; noise means it was
// not. Nothing of unauthenticated text leaves this function.
func OpenGCM(key, nonce, sealed, extra []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, Damaged("its key has a length that AES does not have", err)
	}
	if len(nonce) != 12 || len(sealed) < gcmTag {
		return nil, Damaged("its sealed part is too short", nil)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, Damaged("its sealed part cannot be opened", err)
	}
	plain, err := aead.Open(nil, nonce, sealed, extra)
	if err == nil {
		return plain, nil
	}
	// SP 800-38D section 7.1: with a 96-bit IV the text's counter begins at 2.
	var counter [16]byte
	copy(counter[:], nonce)
	binary.BigEndian.PutUint32(counter[12:], 2)
	probe := make([]byte, min(len(sealed)-gcmTag, probeSize))
	cipher.NewCTR(block, counter[:]).XORKeyStream(probe, sealed[:len(probe)])
	return nil, WrongOrDamaged(probe)
}

// OpenGCMKey opens a wrapped key: noise either way, so a failure is told as
// the password's.
func OpenGCMKey(key, nonce, sealed, extra []byte) ([]byte, error) {
	plain, err := OpenGCM(key, nonce, sealed, extra)
	if err != nil && errors.Is(err, ErrDamaged) && len(nonce) == 12 && len(sealed) >= gcmTag {
		return nil, WrongPassword()
	}
	return plain, err
}

// OpenCBC opens text sealed with AES-CBC and PKCS #7 padding, which does not
// authenticate: text that is not readable, or not padded, tells the rest.
func OpenCBC(key, iv, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, Damaged("its key has a length that AES does not have", err)
	}
	return OpenCBCWith(block, iv, sealed)
}

// OpenCBCWith is OpenCBC with a block cipher that is already keyed.
func OpenCBCWith(block cipher.Block, iv, sealed []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(sealed) == 0 || len(sealed)%size != 0 {
		return nil, Damaged("its sealed part breaks off", nil)
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, sealed)
	unpadded, ok := Unpad(plain, size)
	if !ok {
		return nil, WrongOrDamaged(plain)
	}
	return unpadded, nil
}

// Unpad takes PKCS #7 padding off (RFC 5652 section 6.3). There is no oracle
// here to time: the file and the password are both the caller's own.
func Unpad(b []byte, size int) ([]byte, bool) {
	if len(b) == 0 {
		return nil, false
	}
	n := int(b[len(b)-1])
	if n == 0 || n > size || n > len(b) {
		return nil, false
	}
	for _, pad := range b[len(b)-n:] {
		if int(pad) != n {
			return nil, false
		}
	}
	return b[:len(b)-n], true
}

// OpenXChaCha opens text sealed with XChaCha20-Poly1305; see OpenGCM.
func OpenXChaCha(key, nonce, sealed, extra []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil || len(nonce) != chacha20poly1305.NonceSizeX || len(sealed) < aead.Overhead() {
		return nil, Damaged("its sealed part is too short", err)
	}
	plain, err := aead.Open(nil, nonce, sealed, extra)
	if err != nil {
		return nil, WrongPassword()
	}
	return plain, nil
}

// probeSize is how much of an opening is looked at: enough that noise cannot
// pass for text by chance.
const probeSize = 4096

// WrongOrDamaged tells the two failures of an opening apart by what it gave.
func WrongOrDamaged(opened []byte) error {
	if mostlyText(opened) {
		return Damaged("some of its bytes have changed since it was written, or its end is missing", nil)
	}
	return WrongPassword()
}

// mostlyText reports whether b reads as text of which a little may be broken.
// Of random bytes four in ten are printable; nine in ten over sixteen or more
// happens once in several thousand, and over a real export never.
func mostlyText(b []byte) bool {
	b = b[:min(len(b), probeSize)]
	if len(b) < 16 {
		return len(b) > 0 && utf8.Valid(b) && printable(b) == len(b)
	}
	return printable(b)*10 >= len(b)*9
}

func printable(b []byte) int {
	count := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r >= ' ' && r != 0x7f && !(r == utf8.RuneError && size == 1) || r == '\n' || r == '\r' || r == '\t' {
			count += size
		}
		b = b[size:]
	}
	return count
}

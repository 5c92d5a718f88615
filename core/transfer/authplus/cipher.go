package authplus

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// SQLCipher 3's defaults; the file does not carry them.
const (
	pageSize = 1024
	reserve  = 48 // IV, checksum, and up to a whole block
	ivSize   = 16
	saltSize = 16

	rounds    = 64_000
	macRounds = 2
	macMask   = 0x3a // makes another salt for the checksum's key

	plainHeader = "SQLite format 3\x00" // stands where the salt was
)

// decrypt gives the database as SQLite knows it.
func decrypt(ctx context.Context, b []byte, password countersign.Secret) ([]byte, error) {
	salt := b[:saltSize]
	key, err := foreign.PBKDF2(ctx, sha1.New, password, salt, rounds, 32)
	if err != nil {
		return nil, err
	}
	macSalt := make([]byte, saltSize)
	for i := range salt {
		macSalt[i] = salt[i] ^ macMask
	}
	macKey, err := foreign.PBKDF2(ctx, sha1.New, countersign.NewSecret(key), macSalt, macRounds, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, foreign.Damaged("its key has a length that AES does not have", err)
	}
	pages := len(b) / pageSize
	out := make([]byte, 0, pages*pageSize)
	whole, broken := 0, 0
	for number := range pages {
		page := b[number*pageSize : (number+1)*pageSize]
		head := ""
		if number == 0 {
			page, head = page[saltSize:], plainHeader
		}
		if !authentic(page, macKey, uint32(number)+1) {
			broken++
			continue
		}
		whole++
		body := page[:len(page)-reserve]
		plain := make([]byte, len(body))
		cipher.NewCBCDecrypter(block, page[len(body):len(body)+ivSize]).CryptBlocks(plain, body)
		out = append(out, head...)
		out = append(out, plain...)
		out = append(out, make([]byte, reserve)...)
	}
	switch {
	case whole == 0:
		return nil, foreign.WrongPassword()
	case broken > 0 || len(b)%pageSize != 0:
		return nil, foreign.Damaged("some of its pages have changed or are missing", nil)
	}
	return out, nil
}

// authentic checks a page's HMAC, which covers its text, its IV and its number.
func authentic(page, key []byte, number uint32) bool {
	covered := len(page) - reserve + ivSize
	mac := hmac.New(sha1.New, key)
	mac.Write(page[:covered])
	mac.Write(binary.LittleEndian.AppendUint32(nil, number))
	return hmac.Equal(mac.Sum(nil), page[covered:covered+sha1.Size])
}

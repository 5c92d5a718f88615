package archive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func secret(s string) countersign.Secret { return countersign.NewSecret([]byte(s)) }

// raw writes one file into an archive with the given header and bytes.
func raw(t testing.TB, h zip.FileHeader, body []byte) []byte {
	t.Helper()
	h.Name = "folder/inside.txt"
	h.CompressedSize64 = uint64(len(body))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&h)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflate(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// traditionalFile seals with the PKWARE cipher.
func traditionalFile(t testing.TB, text, password string) []byte {
	t.Helper()
	sum := crc32.ChecksumIEEE([]byte(text))
	plain := append(bytes.Repeat([]byte{0x55}, traditionalHeader-1), byte(sum>>24))
	plain = append(plain, deflate(t, text)...)
	c := newTraditional([]byte(password))
	sealed := make([]byte, len(plain))
	for i, b := range plain {
		x := c.keys[2] | 2
		sealed[i] = b ^ byte(x*(x^1)>>8)
		c.update(b)
	}
	return raw(t, zip.FileHeader{Method: zip.Deflate, Flags: flagEncrypted, CRC32: sum, UncompressedSize64: uint64(len(text))}, sealed)
}

// aesFile seals with WinZip's AES-256, as AE-2.
func aesFile(t testing.TB, text, password string) []byte {
	t.Helper()
	salt := bytes.Repeat([]byte{6}, 16)
	keys, err := pbkdf2.Key(sha1.New, password, salt, aesRounds, 66)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		t.Fatal(err)
	}
	body := deflate(t, text)
	for i := range body {
		var counter, stream [16]byte
		binary.LittleEndian.PutUint64(counter[:], uint64(i/16)+1)
		block.Encrypt(stream[:], counter[:])
		body[i] ^= stream[i%16]
	}
	mac := hmac.New(sha1.New, keys[32:64])
	mac.Write(body)
	sealed := append(append(append(salt, keys[64:]...), body...), mac.Sum(nil)[:aesSum]...)
	extra := []byte{0x01, 0x99, 7, 0, 2, 0, 'A', 'E', 3, byte(zip.Deflate), 0}
	return raw(t, zip.FileHeader{Method: methodAES, Flags: flagEncrypted, UncompressedSize64: uint64(len(text)), Extra: extra}, sealed)
}

const text = "otpauth://totp/Example:alice?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/Example:bob?secret=GEZDGNBVGY3TQOJQ\n"

func TestBothCiphersOpenAndTellTheirFailuresApart(t *testing.T) {
	for name, file := range map[string][]byte{"traditional": traditionalFile(t, text, "secret"), "aes": aesFile(t, text, "secret")} {
		t.Run(name, func(t *testing.T) {
			files := List(file)
			if len(files) != 1 || files[0].Name != "inside.txt" || !files[0].Locked {
				t.Fatalf("List = %+v", files)
			}
			if got, err := files[0].Read(secret("secret")); err != nil || string(got) != text {
				t.Errorf("Read = %q, %v", got, err)
			}
			if _, err := files[0].Read(countersign.Secret{}); !errors.Is(err, foreign.ErrPasswordNeeded) {
				t.Errorf("no password: %v, want ErrPasswordNeeded", err)
			}
			// The traditional check lets one password in 256 through; all must
			// be told as wrong, by what they open.
			for i := range 600 {
				_, err := files[0].Read(secret(strings.Repeat("x", 1+i)))
				if !errors.Is(err, foreign.ErrWrongPassword) {
					t.Fatalf("another password: %v, want ErrWrongPassword", err)
				}
			}
		})
	}
}

func TestABitFlippedBehindReadableTextIsDamage(t *testing.T) {
	file := aesFile(t, text, "secret")
	at := bytes.Index(file, bytes.Repeat([]byte{6}, 16)) + 18 + len(deflate(t, text)) + 3
	file[at] ^= 1 // in the checksum: the text is as it was
	if _, err := List(file)[0].Read(secret("secret")); !errors.Is(err, foreign.ErrDamaged) {
		t.Errorf("err = %v, want ErrDamaged", err)
	}
}

func TestBombsAreRefusedWhateverTheySayOfTheirSize(t *testing.T) {
	bomb := deflate(t, strings.Repeat("0", maxUnpacked+1))
	for name, size := range map[string]uint64{"honest": maxUnpacked + 1, "lying": 5} {
		t.Run(name, func(t *testing.T) {
			file := raw(t, zip.FileHeader{Method: zip.Deflate, UncompressedSize64: size}, bomb)
			if _, err := List(file)[0].Read(countersign.Secret{}); !errors.Is(err, foreign.ErrTooLarge) {
				t.Errorf("err = %v, want ErrTooLarge", err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(traditionalFile(f, text, "secret"))
	f.Add(aesFile(f, text, "secret"))
	f.Add(raw(f, zip.FileHeader{Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(text))}, deflate(f, text)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, file := range List(b) {
			if _, err := file.Read(secret("secret")); err != nil {
				foreigntest.Refused(t, err)
			}
		}
	})
}

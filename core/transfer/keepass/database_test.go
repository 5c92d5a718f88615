package keepass

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"
)

// database writes KDBX 4 with AES-256 and AES-KDF of few rounds, so that tests
// do not wait for it.
type database struct {
	kdf      []byte // nil: AES-KDF
	inner    uint32
	document string
	plain    []byte // instead of document
}

const password = "secret"

func leField(id byte, value []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{id}, uint32(len(value))), value...)
}

func variant(kind byte, key string, value []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(key)))
	b = binary.LittleEndian.AppendUint32(append(b, key...), uint32(len(value)))
	return append(b, value...)
}

func aesKDF(rounds uint64) []byte {
	b := []byte{0, 1}
	b = append(b, variant(0x42, "$UUID", []byte(kdfAES))...)
	b = append(b, variant(0x05, "R", binary.LittleEndian.AppendUint64(nil, rounds))...)
	b = append(b, variant(0x42, "S", bytes.Repeat([]byte{4}, 32))...)
	return append(b, 0)
}

func argonKDF(uuid string, passes, memory uint64, lanes uint32) []byte {
	b := []byte{0, 1}
	b = append(b, variant(0x42, "$UUID", []byte(uuid))...)
	b = append(b, variant(0x42, "S", bytes.Repeat([]byte{4}, 32))...)
	b = append(b, variant(0x04, "P", binary.LittleEndian.AppendUint32(nil, lanes))...)
	b = append(b, variant(0x05, "M", binary.LittleEndian.AppendUint64(nil, memory))...)
	b = append(b, variant(0x05, "I", binary.LittleEndian.AppendUint64(nil, passes))...)
	b = append(b, variant(0x04, "V", binary.LittleEndian.AppendUint32(nil, argonVersion))...)
	return append(b, 0)
}

func (d database) write(t testing.TB) []byte {
	t.Helper()
	if d.kdf == nil {
		d.kdf = aesKDF(3)
	}
	streamKey := bytes.Repeat([]byte{8}, 64)
	if d.inner == 0 {
		d.inner = innerChaCha20
	}
	plain := d.plain
	if plain == nil {
		stream, err := newProtection(d.inner, streamKey)
		if err != nil {
			t.Fatal(err)
		}
		plain = append(plain, leField(innerCipher, binary.LittleEndian.AppendUint32(nil, d.inner))...)
		plain = append(plain, leField(innerKey, streamKey)...)
		plain = append(plain, leField(innerBinary, []byte("an attachment"))...)
		plain = append(plain, leField(innerEnd, nil)...)
		plain = append(plain, protect(d.document, stream)...)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	head := binary.LittleEndian.AppendUint32(nil, signature1)
	head = binary.LittleEndian.AppendUint32(head, signature2)
	head = append(head, 0, 0, major, 0)
	seed, nonce := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 16)
	for _, f := range [][]byte{
		leField(fieldCipher, []byte(cipherAES)), leField(fieldCompression, []byte{1, 0, 0, 0}),
		leField(fieldMasterSeed, seed), leField(fieldNonce, nonce), leField(fieldKDF, d.kdf), leField(fieldEnd, []byte("\r\n\r\n")),
	} {
		head = append(head, f...)
	}
	h, _, err := readHeader(append(bytes.Clone(head), make([]byte, 64)...))
	if err != nil {
		t.Fatal(err)
	}
	k := testKeys(t, h)
	block, err := aes.NewCipher(k.contents[:])
	if err != nil {
		t.Fatal(err)
	}
	sealed := packed.Bytes()
	pad := 16 - len(sealed)%16
	sealed = append(sealed, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, nonce).CryptBlocks(sealed, sealed)

	sum := sha256.Sum256(head)
	out := append(bytes.Clone(head), sum[:]...)
	mac := hmac.New(sha256.New, k.blockKey(math.MaxUint64))
	mac.Write(head)
	out = mac.Sum(out)
	for number, part := range [][]byte{sealed, nil} {
		body := append(binary.LittleEndian.AppendUint32(nil, uint32(len(part))), part...)
		mac := hmac.New(sha256.New, k.blockKey(uint64(number)))
		mac.Write(binary.LittleEndian.AppendUint64(nil, uint64(number)))
		mac.Write(body)
		out = append(mac.Sum(out), body...)
	}
	return out
}

// testKeys derives without the limits, which a test may want to exceed: a file
// with an absurd cost is refused before its keys matter.
func testKeys(t testing.TB, h header) keys {
	t.Helper()
	once := sha256.Sum256([]byte(password))
	composite := sha256.Sum256(once[:])
	transformed := make([]byte, 32)
	if h.kdf.is("$UUID", kdfAES) && h.kdf.uint("R") < 100 {
		var err error
		if transformed, err = transformAES(t.Context(), h.kdf["S"], h.kdf.uint("R"), composite); err != nil {
			t.Fatal(err)
		}
	}
	return keys{contents: sha256.Sum256(join(h.seed, transformed)), mac: sha512.Sum512(join(h.seed, transformed, []byte{1}))}
}

// protect encrypts what stands between ¶ signs, in order.
func protect(document string, stream protection) string {
	parts := strings.Split(document, "¶")
	for i := 1; i < len(parts); i += 2 {
		b := []byte(parts[i])
		stream.XORKeyStream(b, b)
		parts[i] = base64.StdEncoding.EncodeToString(b)
	}
	return strings.Join(parts, "")
}

func entryXML(fields map[string]string, order ...string) string {
	var b strings.Builder
	b.WriteString("<Entry><UUID>e</UUID><Times><CreationTime>" + kdbxTime() + "</CreationTime></Times><Tags>one;two</Tags>")
	for _, name := range order {
		b.WriteString("<String><Key>" + name + `</Key><Value Protected="True">¶` + fields[name] + "¶</Value></String>")
	}
	b.WriteString("<String><Key>Title</Key><Value>" + fields["Title"] + "</Value></String>")
	return b.String() + "</Entry>"
}

func kdbxTime() string {
	seconds := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC).Unix() + 62_135_596_800
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, uint64(seconds)))
}

func documentXML(meta, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><KeePassFile><Meta>` + meta + `</Meta><Root><Group><UUID>r</UUID><Name>Root</Name>` + body + `</Group></Root></KeePassFile>`
}

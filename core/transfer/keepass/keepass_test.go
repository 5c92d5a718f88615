package keepass

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestAccountsAreFoundWhereTheProgramsKeepThem(t *testing.T) {
	const around = " tags=one,two created=2024-01-02T03:04:05Z"
	for _, test := range []struct {
		claim   string
		fields  map[string]string
		want    string // empty: refused
		refused string
	}{
		{"a link", map[string]string{"otp": "otpauth://totp/Example:alice?secret=" + seed + "&issuer=Example&digits=8"}, "Example|alice totp SHA1/8/30", ""},
		{"a bare key", map[string]string{"otp": "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"}, "T| totp SHA1/6/30", ""},
		{"KeeOtp", map[string]string{"otp": "key=" + seed + "&size=8&step=60&otpHashMode=Sha256"}, "T| totp SHA256/8/60", ""},
		{"KeeOtp with a setting that is not known", map[string]string{"otp": "key=" + seed + "&alphabet=x"}, "", "T: entry-unreadable"},
		{"KeeOtp saying something twice", map[string]string{"otp": "key=" + seed + "&size=6&size=8"}, "", "T: entry-unreadable"},
		{"KeePass, base32", map[string]string{"TimeOtp-Secret-Base32": seed, "TimeOtp-Length": "8", "TimeOtp-Period": "60", "TimeOtp-Algorithm": "HMAC-SHA-512"}, "T| totp SHA512/8/60", ""},
		{"KeePass, text", map[string]string{"TimeOtp-Secret": "12345678901234567890"}, "T| totp SHA1/6/30", ""},
		{"KeePass, two secrets", map[string]string{"TimeOtp-Secret": "x", "TimeOtp-Secret-Hex": "00"}, "", "T: secret-twice"},
		{"KeePass, HOTP", map[string]string{"HmacOtp-Secret-Hex": "3132333435363738393031323334353637383930", "HmacOtp-Counter": "5"}, "T| hotp SHA1/6/0 counter=5", ""},
		{"TrayTOTP", map[string]string{"TOTP Seed": seed, "TOTP Settings": "60;8"}, "T| totp SHA1/8/60", ""},
		{"TrayTOTP for Steam", map[string]string{"TOTP Seed": seed, "TOTP Settings": "30;S"}, "T| steam SHA1/5/30", ""},
		{"a period that is no number", map[string]string{"TOTP Seed": seed, "TOTP Settings": "x;6"}, "", "T: entry-unreadable"},
	} {
		t.Run(test.claim, func(t *testing.T) {
			var order []string
			for name := range test.fields {
				order = append(order, name)
			}
			test.fields["Title"] = "T"
			var entries, refused []string
			if test.want != "" {
				entries = []string{test.want + around}
			} else {
				refused = []string{test.refused}
			}
			for _, inner := range []uint32{innerChaCha20, innerSalsa20} {
				file := database{inner: inner, document: documentXML("", entryXML(test.fields, order...))}.write(t)
				foreigntest.Want(t, foreigntest.Read(t, Format(), file, password), entries, refused)
			}
		})
	}
}

func TestHistoryAndTheBinAreNotAccountsAndGroupsAreTags(t *testing.T) {
	otp := map[string]string{"Title": "T", "otp": seed}
	old := strings.Replace(entryXML(otp, "otp"), "</Entry>", "<History>"+entryXML(otp, "otp")+"</History></Entry>", 1)
	body := "<Group><UUID>a</UUID><Name>Work</Name><Group><UUID>b</UUID><Name>VPN</Name>" + old + "</Group></Group>" +
		"<Group><UUID>bin</UUID><Name>Bin</Name><Group><UUID>c</UUID><Name>Old</Name>" + entryXML(otp, "otp") + "</Group></Group>"
	file := database{document: documentXML("<RecycleBinUUID>bin</RecycleBinUUID>", body)}.write(t)
	foreigntest.Want(t, foreigntest.Read(t, Format(), file, password),
		[]string{"T| totp SHA1/6/30 tags=Work/VPN,one,two created=2024-01-02T03:04:05Z"}, nil)
}

func TestOwnIconsAreKept(t *testing.T) {
	entry := strings.Replace(entryXML(map[string]string{"Title": "T", "otp": seed}, "otp"), "<Times>", "<CustomIconUUID>i</CustomIconUUID><Times>", 1)
	meta := "<CustomIcons><Icon><UUID>i</UUID><Data>iVBORw0KGgo=</Data></Icon></CustomIcons>"
	got := foreigntest.Read(t, Format(), database{document: documentXML(meta, entry)}.write(t), password)
	if len(got.Entries) != 1 || len(got.Entries[0].Icon) != 8 {
		t.Errorf("got %+v, want one entry with an icon", got)
	}
}

func small(t testing.TB) []byte {
	return database{document: documentXML("", entryXML(map[string]string{"Title": "T", "otp": seed}, "otp"))}.write(t)
}

func TestEveryFlippedByteIsDamageOrAnotherPassword(t *testing.T) {
	file := small(t)
	h, rest, err := readHeader(file)
	if err != nil {
		t.Fatal(err)
	}
	macAt := len(file) - len(rest) + 32
	for i := range file {
		flipped := bytes.Clone(file)
		flipped[i] ^= 1
		f, err := foreign.Open(flipped)
		if err != nil {
			t.Fatal(err)
		}
		_, err = read(context.Background(), f, countersign.NewSecret([]byte(password)), func(int, int) {})
		want := foreign.ErrDamaged
		switch {
		case i < 12:
			continue // another signature or version is another format
		case i >= macAt && i < macAt+32:
			want = foreign.ErrWrongPassword // the header's keyed checksum itself
		}
		if !errors.Is(err, want) {
			t.Errorf("byte %d of %d (header %d): %v, want %v", i, len(file), len(h.raw), err, want)
		}
	}
	foreigntest.Truncations(t, Format(), file, password)
}

func TestAbsurdDatabasesAreRefused(t *testing.T) {
	bomb := append(leField(innerBinary, nil), make([]byte, maxInflated+1)...)
	binary.LittleEndian.PutUint32(bomb[1:], maxInflated)
	for claim, d := range map[string]database{
		"AES-KDF with 2^60 rounds":  {kdf: aesKDF(1 << 60)},
		"Argon2d with 2^40 bytes":   {kdf: argonKDF(kdfArgon2d, 1, 1<<40, 1)},
		"Argon2id with 2^60 passes": {kdf: argonKDF(kdfArgon2id, 1<<60, 1<<20, 1)},
		"Argon2d with 2^31 lanes":   {kdf: argonKDF(kdfArgon2d, 1, 1<<62, 1<<31)},
		"128 MB of zeros, packed":   {plain: bomb},
		"groups a thousand deep":    {document: documentXML("", strings.Repeat("<Group>", 1000)+strings.Repeat("</Group>", 1000))},
		"Argon2d with 2^31 passes":  {kdf: argonKDF(kdfArgon2d, 1<<31, 1<<30, 1)},
	} {
		t.Run(claim, func(t *testing.T) {
			if _, err := foreigntest.Try(t, Format(), d.write(t), password); !errors.Is(err, foreign.ErrTooLarge) {
				t.Errorf("err = %v, want ErrTooLarge", err)
			}
		})
	}
}

func TestOldVersionsSayWhatToDo(t *testing.T) {
	for claim, b := range map[string][]byte{
		"KDBX 3": {0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 1, 0, 3, 0},
		"KDB":    {0x03, 0xd9, 0xa2, 0x9a, 0x65, 0xfb, 0x4b, 0xb5, 2, 0, 0, 0},
	} {
		if _, err := foreigntest.Try(t, Format(), b, password); !errors.Is(err, foreign.ErrUnsupported) {
			t.Errorf("%s: %v, want ErrUnsupported", claim, err)
		}
	}
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), password, small(f)) }

func FuzzDocument(f *testing.F) {
	f.Add([]byte(documentXML("", entryXML(map[string]string{"Title": "T", "otp": seed}, "otp"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		cipher, err := newProtection(innerChaCha20, nil)
		if err != nil {
			t.Fatal(err)
		}
		d, err := walk(bytes.NewReader(b), cipher)
		if err != nil {
			foreigntest.Refused(t, err)
			return
		}
		reading := foreign.NewReading("keepass")
		for _, r := range d.records {
			d.keep(reading, r)
		}
	})
}

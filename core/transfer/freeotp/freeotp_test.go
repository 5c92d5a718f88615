package freeotp

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

func TestPlusKeepsTheNextCounterAndTheChosenNames(t *testing.T) {
	got := foreigntest.Read(t, Plus(), foreigntest.File(t, "plus.json"), "")
	foreigntest.Want(t, got,
		[]string{
			"Example|alice totp SHA1/6/30",
			"Example|alice hotp SHA1/6/0 counter=5",
			"Steam|alice steam SHA1/5/30",
			"Mine|me totp SHA1/6/30",
		},
		[]string{"Example: alice: counter-missing", "Example: alice: secret-missing"})
}

func TestPreferencesOfFreeOTP1(t *testing.T) {
	got := foreigntest.Read(t, Preferences(), foreigntest.File(t, "tokens.xml"), "")
	foreigntest.Want(t, got, []string{"Example|alice totp SHA1/6/30"}, []string{"bad: entry-unreadable"})
}

// javaText is a string in Java's stream.
func javaText(s string) string {
	return string(append([]byte{tcString}, binary.BigEndian.AppendUint16(nil, uint16(len(s)))...)) + s
}

func javaStream(count uint32, body string) []byte {
	head := javaMap + "\x3f\x40\x00\x00\x00\x00\x00\x18" + "\x77\x08\x00\x00\x00\x20"
	return append(binary.BigEndian.AppendUint32([]byte(head), count), body...)
}

func TestJavaMapsOfText(t *testing.T) {
	for _, test := range []struct {
		claim string
		file  []byte
		want  []pair // nil: refused
	}{
		{"one pair", javaStream(1, javaText("k")+javaText("v")+"\x78"), []pair{{"k", "v"}}},
		{"a string written before is referred to", javaStream(2, javaText("k")+javaText("v")+javaText("l")+"\x71\x00\x7e\x00\x03\x78"), []pair{{"k", "v"}, {"l", "v"}}},
		{"a surrogate pair is one character", javaStream(1, javaText("k")+javaText("\xed\xa0\xbd\xed\xb8\x80")+"\x78"), []pair{{"k", "😀"}}},
		{"half of one is refused", javaStream(1, javaText("k")+javaText("\xed\xa0\xbd")+"\x78"), nil},
		{"a reference to what comes later is refused", javaStream(1, javaText("k")+"\x71\x00\x7e\x00\x09\x78"), nil},
		{"another object is refused", javaStream(1, javaText("k")+"\x73\x78"), nil},
		{"a count that lies is refused", javaStream(3, javaText("k")+javaText("v")+"\x78"), nil},
		{"a count of billions is refused", javaStream(1<<31, javaText("k")+javaText("v")+"\x78"), nil},
		{"trailing bytes are refused", javaStream(1, javaText("k")+javaText("v")+"\x78\x00"), nil},
		{"a long string that lies is refused", javaStream(1, javaText("k")+"\x7c\x7f\xff\xff\xff\xff\xff\xff\xff"+"\x78"), nil},
		{"another class is refused", bytes.Replace(javaStream(0, "\x78"), []byte("HashMap"), []byte("HashSet"), 1), nil},
	} {
		t.Run(test.claim, func(t *testing.T) {
			got, err := readJavaMap(test.file)
			if err != nil {
				foreigntest.Refused(t, err)
			}
			if (err == nil) != (test.want != nil) || len(got) != len(test.want) && err == nil {
				t.Fatalf("got %v, %v; want %v", got, err, test.want)
			}
			for i := range test.want {
				if got[i] != test.want[i] {
					t.Errorf("got %q, want %q", got[i], test.want[i])
				}
			}
		})
	}
}

func FuzzPlus(f *testing.F)        { foreigntest.Fuzz(f, Plus(), "") }
func FuzzPreferences(f *testing.F) { foreigntest.Fuzz(f, Preferences(), "") }

func FuzzJavaMap(f *testing.F) {
	f.Add(javaStream(1, javaText("masterKey")+javaText("{}")+"\x78"))
	f.Add(javaStream(2, javaText("a-token")+javaText("{}")+javaText("a")+"\x71\x00\x7e\x00\x03\x78"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pairs, err := readJavaMap(b)
		if err != nil {
			foreigntest.Refused(t, err)
		}
		for _, p := range pairs {
			if strings.ToValidUTF8(p.key+p.value, "") != p.key+p.value {
				t.Error("text that is no text came out")
			}
		}
	})
}

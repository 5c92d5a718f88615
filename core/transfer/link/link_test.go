package link

import (
	"strings"
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestWhatPasswordStoresPutInALinksPlace(t *testing.T) {
	for text, want := range map[string]string{
		"otpauth://totp/Site:eve?secret=" + key + "&issuer=Site": "Site|eve totp SHA1/6/30",
		"otpauth://totp/eve?secret=" + key:                       "Title|eve totp SHA1/6/30",
		"otpauth://totp/?secret=" + key:                          "Title|alice totp SHA1/6/30",
		"steam://" + key:                                         "Title|alice steam SHA1/5/30",
		"STEAM://" + strings.ToLower(key):                        "Title|alice steam SHA1/5/30",
		" gezd gnbv gy3t qojq gezd gnbv gy3t qojq ":              "Title|alice totp SHA1/6/30",
	} {
		e, err := ParseLoose(text, "Title", "alice")
		if err != nil {
			t.Errorf("ParseLoose(%q): %v", text, err)
			continue
		}
		if got := foreigntest.Describe(e); got != want {
			t.Errorf("ParseLoose(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestANameNeverShowsTheKey(t *testing.T) {
	for text, want := range map[string]string{
		"otpauth://totp/Site%3Aeve?secret=" + key: "Site: eve",
		"otpauth://totp/?secret=" + key:           "",
		"motp://Site:eve?secret=00":               "Site:eve",
		key:                                       "",
		"steam://" + key:                          "",
		"otpauth://" + key:                        "",
		"steam:" + key:                            "",
	} {
		if got := Name(text); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
}

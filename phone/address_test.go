package phone

import (
	"errors"
	"testing"
)

const code = "01ARZ3NDEKTSV4RRFFQ69G5FA0"

func TestParseAddress(t *testing.T) {
	for name, test := range map[string]struct {
		address, issuer, code string
		err                   error
	}{
		"an address":              {"https://id.example.org/app#enrol=" + code, "https://id.example.org", code, nil},
		"with a port":             {"https://id.example.org:8443/app#enrol=" + code, "https://id.example.org:8443", code, nil},
		"below a path":            {"https://example.org/id/app#enrol=" + code, "https://example.org/id", code, nil},
		"with space around":       {" https://id.example.org/app#enrol=" + code + "\n", "https://id.example.org", code, nil},
		"loopback without TLS":    {"http://127.0.0.1:8080/app#enrol=" + code, "http://127.0.0.1:8080", code, nil},
		"loopback by name":        {"http://localhost:8080/app#enrol=" + code, "http://localhost:8080", code, nil},
		"loopback, version 6":     {"http://[::1]:8080/app#enrol=" + code, "http://[::1]:8080", code, nil},
		"elsewhere without TLS":   {"http://id.example.org/app#enrol=" + code, "", "", ErrInsecure},
		"a name like loopback":    {"http://localhost.example.org/app#enrol=" + code, "", "", ErrInsecure},
		"no code":                 {"https://id.example.org/app", "", "", ErrAddress},
		"a code in the query":     {"https://id.example.org/app?enrol=" + code, "", "", ErrAddress},
		"a query as well":         {"https://id.example.org/app?x=1#enrol=" + code, "", "", ErrAddress},
		"another path":            {"https://id.example.org/application#enrol=" + code, "", "", ErrAddress},
		"a user in the address":   {"https://mara@id.example.org/app#enrol=" + code, "", "", ErrAddress},
		"no host":                 {"https:///app#enrol=" + code, "", "", ErrAddress},
		"another scheme":          {"javascript://id.example.org/app#enrol=" + code, "", "", ErrAddress},
		"a code link":             {"otpauth://totp/mara?secret=GEZDGNBV", "", "", ErrAddress},
		"a code cut short":        {"https://id.example.org/app#enrol=" + code[:25], "", "", ErrCode},
		"something after it":      {"https://id.example.org/app#enrol=" + code + "&x=1", "", "", ErrCode},
		"nothing":                 {"", "", "", ErrAddress},
		"two slashes before /app": {"https://id.example.org//app#enrol=" + code, "", "", ErrAddress},
	} {
		t.Run(name, func(t *testing.T) {
			issuer, got, err := ParseAddress(test.address)
			if issuer != test.issuer || got != test.code || !errors.Is(err, test.err) {
				t.Errorf("got %q %q %v, want %q %q %v", issuer, got, err, test.issuer, test.code, test.err)
			}
		})
	}
}

func TestParseCode(t *testing.T) {
	for name, test := range map[string]struct {
		typed, want string
	}{
		"as shown":             {"01AR-Z3ND-EKTS-V4RR-FFQ6-9G5FA0", code},
		"in lower case":        {"01arz3ndektsv4rrffq69g5fa0", code},
		"with mistaken digits": {"oiARZ3NDEKTSV4RRFFQ69G5FAO", code},
		"an L for a one":       {"0LARZ3NDEKTSV4RRFFQ69G5FA0", code},
		"a U":                  {"U1ARZ3NDEKTSV4RRFFQ69G5FA0", ""},
		"too short":            {code[1:], ""},
		"too long":             {code + "0", ""},
		"left-over bits":       {code[:25] + "1", ""},
		"a line break":         {code[:13] + "\n" + code[13:], ""},
		"nothing":              {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseCode(test.typed)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q %v, want %q", got, err, test.want)
			}
		})
	}
}

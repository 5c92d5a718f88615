package web

import (
	"errors"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestASignInEndsAtAddressesOfOurOwnOnly(t *testing.T) { // check C5
	for _, tt := range []struct{ claim, to, client, want string }{
		{"nothing means security info", "", "", "/security"},
		{"the front page", "/", "", "/"},
		{"security info", "/security", "", "/security"},
		{"an authorization request", "/oidc/authorize?client_id=payroll&state=a%2Fb", "payroll", "/oidc/authorize?client_id=payroll&state=a%2Fb"},
		{"a sealed request", "/oidc/continue?request=abc_-", "payroll", "/oidc/continue?request=abc_-"},
	} {
		got, err := checkReturn(tt.to, tt.client)
		if err != nil || got != tt.want {
			t.Errorf("%s: checkReturn(%q, %q) = %q, %v; want %q", tt.claim, tt.to, tt.client, got, err, tt.want)
		}
	}
	for _, tt := range []struct{ claim, to, client string }{
		{"another host by two slashes", "//evil.example", ""},
		{"another host by three", "///evil.example", ""},
		{"a backslash that browsers read as a slash", `/\evil.example`, ""},
		{"a scheme", "https://evil.example/oidc/", "payroll"},
		{"a scheme without slashes", "javascript:alert(1)", ""},
		{"a relative path", "oidc/authorize", "payroll"},
		{"a host with user", "//id.example.org@evil.example/oidc/", "payroll"},
		{"dots that leave the folder", "/oidc/../api/phone/v1/device", "payroll"},
		{"dots in disguise", "/oidc/%2e%2e/api", "payroll"},
		{"a slash in disguise", "/oidc/%2f%2fevil.example", "payroll"},
		{"a doubled slash inside", "/oidc//evil.example", "payroll"},
		{"a tab that browsers drop", "/\t/evil.example", ""},
		{"a line feed", "/oidc/authorize\nLocation: x", "payroll"},
		{"a fragment", "/oidc/authorize#x", "payroll"},
		{"a fragment on security info", "/security#x", ""},
		{"another page of ours", "/signout", ""},
		{"a query on security info", "/security?said=signed-out", ""},
		{"a name that only begins like ours", "/oidcevil", "payroll"},
		{"the folder alone, without its slash", "/oidc", "payroll"},
		{"one party's name over another's request", "/oidc/authorize?client_id=evil", "payroll"},
		{"no party's name over a request", "/oidc/authorize?client_id=evil", ""},
		{"two parties in one request", "/oidc/authorize?client_id=payroll&client_id=evil", "payroll"},
		{"a party without a way back", "", "payroll"},
		{"a party over our own page", "/security", "payroll"},
		{"text beyond ASCII", "/oidc/authorize?x=é", "payroll"},
		{"ten kilobytes", "/oidc/authorize?x=" + strings.Repeat("a", 10<<10), "payroll"},
	} {
		got, err := checkReturn(tt.to, tt.client)
		if !errors.Is(err, countersign.ErrMalformed) {
			t.Errorf("%s: checkReturn(%q, %q) = %q, %v; want ErrMalformed", tt.claim, tt.to, tt.client, got, err)
		}
	}
}

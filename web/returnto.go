package web

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

const (
	securityPath = "/security"
	// partyPath begins the addresses that lead on to a relying party. They
	// check their own redirect against what is registered (check C5).
	partyPath = "/oidc/"
	// mostReturn caps a return address: an authorization request is one.
	mostReturn = 6 << 10
)

// checkReturn lets through the few addresses of our own that a sign-in may end
// at, in the spelling in which they are kept. Nothing that a browser could read
// as another host passes: no scheme, no host, no "//", no backslash, no dots
// and nothing percent-encoded in the path (check C5).
//
// client is the relying party whose name the page shows. A return address that
// names another one would put one party's name over another's sign-in.
func checkReturn(to, client string) (string, error) {
	if to == "" {
		if client != "" {
			return "", fmt.Errorf("%w: a client without a way back", countersign.ErrMalformed)
		}
		return securityPath, nil
	}
	if len(to) > mostReturn || strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' || r == '#' }) {
		return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
	}
	u, err := url.Parse(to)
	if err != nil {
		return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
	}
	local := u.Scheme == "" && u.Opaque == "" && u.Host == "" && u.User == nil && u.Fragment == "" &&
		!strings.Contains(u.EscapedPath(), "%") && path.Clean(u.Path) == u.Path && strings.HasPrefix(to, "/")
	if !local {
		return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
	}
	if u.Path == "/" || u.Path == securityPath {
		if u.RawQuery != "" || u.ForceQuery || client != "" {
			return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
		}
		return u.Path, nil
	}
	if !strings.HasPrefix(u.Path, partyPath) {
		return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", fmt.Errorf("%w: return_to", countersign.ErrMalformed)
	}
	if named := query["client_id"]; len(named) > 1 || (len(named) == 1 && named[0] != client) {
		return "", fmt.Errorf("%w: return_to names another client", countersign.ErrMalformed)
	}
	return to, nil
}

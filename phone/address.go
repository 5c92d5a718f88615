package phone

import (
	"encoding/base32"
	"errors"
	"net"
	"net/url"
	"strings"
)

// What ParseAddress and ParseCode refuse.
var (
	ErrAddress  = errors.New("phone: not an enrolment address")
	ErrInsecure = errors.New("phone: the address is not https")
	ErrCode     = errors.New("phone: not a binding code")
)

// ParseAddress splits an enrolment address, <issuer>/app#enrol=<code>. Plain
// http is for loopback alone: elsewhere whoever sits on the wire could put
// their own key in place of the phone's.
func ParseAddress(address string) (issuer, code string, err error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "", "", ErrAddress
	}
	typed, ok := strings.CutPrefix(u.Fragment, "enrol=")
	if !ok {
		return "", "", ErrAddress
	}
	path, ok := strings.CutSuffix(u.Path, "/app")
	if !ok || u.RawQuery != "" || u.ForceQuery {
		return "", "", ErrAddress
	}
	u.Path, u.RawPath, u.Fragment, u.RawFragment = path, "", "", ""
	issuer = u.String()
	if err := CheckIssuer(issuer); err != nil {
		return "", "", err
	}
	if code, err = ParseCode(typed); err != nil {
		return "", "", err
	}
	return issuer, code, nil
}

// CheckIssuer refuses what cannot be a server's public base address. The
// issuer is a line of every statement, so it has one spelling.
func CheckIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || u.RawQuery != "" ||
		u.ForceQuery || u.Fragment != "" || strings.HasSuffix(issuer, "/") || u.String() != issuer {
		return ErrAddress
	}
	switch u.Scheme {
	case "https":
		return nil
	case "http":
		host := u.Hostname()
		if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761 §6.3
			return nil
		}
		if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
			return nil
		}
		return ErrInsecure
	}
	return ErrAddress
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// ParseCode is the canonical spelling of a binding code as typed: case, dashes
// and spaces do not count, O reads as 0, I and L as 1.
func ParseCode(typed string) (string, error) {
	if len(typed) > 64 {
		return "", ErrCode
	}
	code := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	b, err := crockford.DecodeString(code)
	// 26 characters hold two bits more than 16 bytes: one spelling counts.
	if err != nil || len(b) != 16 || crockford.EncodeToString(b) != code {
		return "", ErrCode
	}
	return code, nil
}

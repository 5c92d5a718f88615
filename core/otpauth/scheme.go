package otpauth

import "strings"

const (
	otpauthScheme = "otpauth"
	motpScheme    = "motp"
)

// splitScheme is the link's scheme in lower case, and what follows its colon.
// Links in QR codes of capital letters take less room, so case does not count
// (RFC 3986 §3.1).
func splitScheme(text string) (scheme, rest string) {
	before, after, found := strings.Cut(text, ":")
	if !found {
		return "", text
	}
	return lower(before), after
}

// strangers are schemes that people scan by mistake, and what they are.
func strangers(scheme, rest string) Code {
	switch scheme {
	case "otpauth-migration":
		return Migration
	case "phonefactor", "ms-msa", "msauth", "microsoft-authenticator":
		return MicrosoftOnly
	case "duo":
		return DuoOnly
	case "steam", "steammobile":
		return SteamOnly
	case "oktaverify":
		return OktaOnly
	case "fido":
		return Passkey
	case "http", "https":
		if strings.HasPrefix(lower(rest), "//s.team/") {
			return SteamOnly // the QR code by which the Steam app signs in
		}
		return WebAddress
	}
	return NotOtpauth
}

// lower is ASCII alone: Unicode's rules would read a Kelvin sign as k and a
// dotless i as I, and turn a wrong key into a different one.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r + 'A' - 'a'
		}
		return r
	}, s)
}

package otpauth

import "strings"

// Code says why a link was refused. It is stable: the app, its tests and the
// vectors go by it. As an error it is what errors.Is looks for.
type Code string

func (c Code) Error() string { return "otpauth: refused: " + string(c) }

// The codes.
const (
	// Not an account for codes at all.
	NotOtpauth    Code = "not-otpauth"
	WebAddress    Code = "web-address"
	Migration     Code = "migration" // many accounts: core/transfer reads it
	Passkey       Code = "passkey"
	MicrosoftOnly Code = "microsoft-only"
	DuoOnly       Code = "duo-only"
	SteamOnly     Code = "steam-only"
	OktaOnly      Code = "okta-only"

	// Faults of the text.
	TooLong   Code = "too-long"
	Encoding  Code = "encoding"
	Hidden    Code = "hidden-characters"
	Fragment  Code = "fragment"
	Duplicate Code = "duplicate"
	Parameter Code = "parameter"

	// Faults of the account.
	Type             Code = "type"
	SecretMissing    Code = "secret-missing"
	SecretCharacters Code = "secret-characters"
	SecretLength     Code = "secret-length"
	SecretDamaged    Code = "secret-damaged"
	Algorithm        Code = "algorithm"
	Digits           Code = "digits"
	Period           Code = "period"
	CounterMissing   Code = "counter-missing"
	Counter          Code = "counter"
	PIN              Code = "pin"
)

// Refusal is why a link was not taken over. It holds nothing of the link but
// the name of a parameter: refusals are shown and logged (check K1).
type Refusal struct {
	Code      Code
	Parameter string // for Duplicate and Parameter
}

func (r *Refusal) Error() string {
	if r.Parameter != "" {
		return r.Code.Error() + " (" + r.Parameter + ")"
	}
	return r.Code.Error()
}

// Unwrap lets errors.Is find the code.
func (r *Refusal) Unwrap() error { return r.Code }

// Sentence is what a person reads: what was found, what it means, what to do.
func (r *Refusal) Sentence() string {
	return strings.ReplaceAll(sentence(r.Code), "{parameter}", "“"+r.Parameter+"”")
}

func sentence(c Code) string {
	switch c {
	case NotOtpauth:
		return "This is not an account for codes. Look for the QR code or the key on the page where the site sets up an authenticator app."
	case WebAddress:
		return "This is a web address, not an account for codes. The QR code to scan is on the page where the site sets up an authenticator app."
	case Migration:
		return "These are accounts exported from Google Authenticator. Open them with Import."
	case Passkey:
		return "This is for signing in with a passkey. Scan it with the phone's camera instead."
	case MicrosoftOnly:
		return "This is for Microsoft Authenticator only. On the page that shows it, choose a different authenticator app and scan the QR code that appears."
	case DuoOnly:
		return "This is for Duo Mobile only. Look on the page that shows it for another authenticator app or a key to type."
	case SteamOnly:
		return "This is for the Steam app only. Steam's codes come here by importing from an app that holds them."
	case OktaOnly:
		return "This is for Okta Verify only. On the page that shows it, choose Google Authenticator and scan the QR code that appears."
	case TooLong:
		return "This is longer than a QR code can be. Copy the link again, from its first letter to its last."
	case Encoding:
		return "The link is damaged: part of it is not written as links are. Scan or copy it again."
	case Hidden:
		return "The link has invisible characters, which can make one name look like another. Ask the site for a new QR code or key."
	case Fragment:
		return "The link goes on after a #, where no part of an account can stand. Copy it again, or ask the site for a new QR code."
	case Duplicate:
		return "The link says {parameter} twice, so it is unclear which one counts. Ask the site for a new QR code or key."
	case Parameter:
		return "The link asks for {parameter}, which is not known here and changes the codes. They would be wrong. Ask the site for a QR code for Google Authenticator."
	case Type:
		return "The link asks for a kind of code that is not known here. Ask the site for a QR code for Google Authenticator."
	case SecretMissing:
		return "The link has no key, so it cannot make codes. Ask the site for a new QR code or key."
	case SecretCharacters:
		return "The key has characters that such a key does not have. Copy it again; an O may look like a 0, an I or L like a 1."
	case SecretLength:
		return "The key is too short or too long by a character. Copy it again."
	case SecretDamaged:
		return "The key does not agree with its own check digits: a character is wrong. Copy it again."
	case Algorithm:
		return "The link asks for a hash that this kind of code does not use. Ask the site for a QR code for Google Authenticator."
	case Digits:
		return "The link asks for a number of digits that this kind of code does not have. Ask the site for a QR code for Google Authenticator."
	case Period:
		return "The link asks for codes that change too fast or too slowly for this kind of code. Ask the site for a QR code for Google Authenticator."
	case CounterMissing:
		return "The link does not say where its counter stands, so the first code would be a guess. Ask the site for a new QR code."
	case Counter:
		return "The link's counter is not a number that a counter can have. Ask the site for a new QR code."
	case PIN:
		return "The PIN cannot be written into a link: it has characters other than digits. Remove the PIN from the account, and type it on the other phone."
	}
	return string(c)
}

func refuse(c Code) *Refusal { return &Refusal{Code: c} }

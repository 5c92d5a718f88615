// Package otp owns the making of one-time codes from an entry, and the
// matching of a typed code against a seed.
//
//	entry + moment ──▶ step ──HMAC──▶ truncation ──▶ digits, or letters
//
// Code, CodeAt and Window serve whoever shows codes; Match and MatchHOTP
// serve whoever checks them. There is no clock inside, no randomness, and no
// memory: that a step is spent once is the store's promise (checks A1, A2);
// this package only refuses the steps that its caller says are spent.
//
// It refuses to own: how entries are written down (core/otpauth, core/vault),
// counting of attempts, and the question whether the typed text was meant as
// a code at all.
//
// Standards: RFC 4226 (HOTP), RFC 6238 (TOTP), RFC 2104 (HMAC), RFC 1321
// (MD5, for mOTP alone). Steam Guard, Mobile-OTP and Yandex.Key have no
// standard; each is described in its file and held by vectors that others
// published.
//
// The TypeScript twin is app/src/lib/otp; vectors/otp.json holds the two
// together.
package otp

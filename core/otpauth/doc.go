// Package otpauth owns the links by which sites hand an account to an
// authenticator: it reads them strictly and writes them exactly (check A6).
//
//	otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example
//	otpauth://hotp/…  otpauth://steam/…  otpauth://yaotp/…  motp://…
//
// A link is taken over exactly, or refused with a Refusal that has a stable
// code and a plain sentence. Nothing is guessed, and what Parse accepts
// Marshal writes so that every reader finds the same account in it: the same
// bytes for links of our own, the same meaning for foreign spellings.
//
// Where the format leaves a choice, this is ours:
//
//   - Key. Sites show base32 in lower case, in groups, with or without
//     padding: case, spaces, dashes and = at the end do not count. A character
//     outside the alphabet is refused (is 0 an O, is 1 an I or an L?), and so
//     is a length that no key has. Bits left over in the last character carry
//     nothing in any authenticator and are passed over.
//   - Names. The issuer parameter counts; a label that begins with it and a
//     colon is written without it. When they differ ("Contoso:ann" from issuer
//     Microsoft) both are kept: the issuer is Microsoft, the label Contoso:ann.
//     Without the parameter, what stands before the first colon is the issuer.
//     Spaces around a name carry no meaning in the format.
//   - A + in a parameter is a space, in the label it is a plus. An issuer
//     "C++" that was written without escapes is recognised by its label.
//   - Parameters that do not matter to the codes (image, color, track_id, …)
//     are left out and their names are told in Link.Dropped. Those known to
//     change the codes in a way that is not known here are refused by name.
//     Twice the same parameter is refused, whatever it says.
//   - HOTP without a counter is refused: a wrong first counter locks people
//     out. Steam and Yandex codes have one form; another is refused.
//   - Names with control characters, or with characters that turn the
//     direction of text, are refused; right-to-left names are not.
//
// It refuses to own: pictures of QR codes (the app), exports with many
// accounts in them (core/transfer; a migration link is recognised here and
// refused by the code Migration), and the codes themselves (core/otp).
//
// Standards: RFC 3986 (percent-encoding), RFC 4648 §6 (base32); otherwise the
// Key URI format as Google Authenticator's wiki describes it, and what Aegis,
// KeePassXC, multiOTP and Yandex.Key write.
//
// The TypeScript twin is app/src/lib/otpauth; vectors/otpauth.json holds the
// two together.
package otpauth

// Package authy reads Authy's preferences from an Android phone
// (com.authy.storage.tokens.authenticator.xml, and …authy.xml for Authy's own
// accounts): a JSON array within XML. Secrets are plain, or locked with the
// backup password (PBKDF2 and AES-CBC), each by itself.
//
// Authy's own accounts change their codes every ten seconds and have a
// hexadecimal secret.
//
// CBC does not authenticate: a secret counts as opened when it is base32. If
// none is, the password was another one; if some are not, those are damaged.
//
// From the description (Aegis' importer documentation); no real file was at hand.
package authy

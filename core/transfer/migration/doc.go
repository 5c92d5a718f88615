// Package migration reads and writes the links by which Google Authenticator
// hands accounts to another phone (otpauth-migration://offline?data=…): a
// protocol buffer in base64 with up to ten accounts, several links to a set.
//
// The format has six or eight digits, a period of 30 seconds, and no other
// choices. A set of which a link is missing is said to be so.
//
// Verified against a real file.
package migration

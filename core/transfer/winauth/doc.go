// Package winauth reads the exports of WinAuth: a ZIP archive with a text file
// of otpauth links, locked with a password or not.
//
// Verified against a real file, locked with the traditional cipher.
package winauth

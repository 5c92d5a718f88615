// Package link reads the otpauth links that stand inside foreign exports, with
// core/otpauth, and puts its refusals into the form that a reading of a file
// gives them. It also knows the two shorter spellings that password stores put
// in a link's place: steam://KEY, and the bare key.
//
// It refuses to read links otherwise than core/otpauth does.
package link

// Package signin owns the attempt to sign in, from the user name to the
// session: which step comes next, when the evidence is enough, and the one
// place where a session is made.
//
//	name ──▶ open ──evidence, by other ceremonies──▶ enough ──finish──▶ session
//	           └──ten minutes, left──▶ ended
//
// It checks no password, no number and no code: those ceremonies add evidence
// to the stored attempt, and this one reads it. An attempt belongs to the
// browser that began it, by a secret of which the store has the hash
// (check B11). A name that does not exist gets an attempt like any other
// (check B9).
package signin

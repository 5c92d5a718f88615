// Package approval owns the ceremony of docs/spec/approval.md: a request with
// a number on the page, a person who types that number on the phone, one
// decision.
//
//	pending ──approve──▶ approved
//	   │────deny───────▶ denied
//	   │────report─────▶ reported
//	   │────time───────▶ expired
//	   └────misses, sibling, newer, sign-in left──▶ ended
//
// The order of a decision is: rebuild the statement from our own row, verify
// the signature (a failure costs no try), count, compare, move. The store does
// the last three in one transaction.
//
// It makes no session and sends no push; it wakes whoever waits.
package approval

// Package sheet writes accounts as a page to print: for each a QR code that
// any authenticator scans, and the link as text that core/transfer/linklist
// reads back.
//
// It refuses to load anything: the page is one file with no script, and its
// own policy forbids the rest. Whoever holds the paper holds the accounts, and
// the page says so.
package sheet

// Package foreigntest holds the readers of foreign formats to what all of them
// promise: errors with names, entries that pass their check, refusals that say
// something, and no panic whatever the bytes.
//
// It refuses to know what should come out of any one file; that is the test's.
package foreigntest

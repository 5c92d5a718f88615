//go:build race

package checks

// raced: the race detector's own cost grows with what a call does, and would
// be measured.
const raced = true

// Package checks holds the attacks and faults that the product must withstand,
// each as a test named by its id, run over HTTP against the real server with
// the real store: SQLite always, PostgreSQL where the test command started one.
//
// It has no code of its own but what its tests need to play a browser and a
// phone; the phone is package phone, the terminal's own client.
package checks

// Package bus carries wake-ups between those who change stored state and those
// who wait for it: a decision on a phone moves a page on. A wake-up names a
// topic and says nothing else; the one who is woken reads the store.
//
// It owns no state that matters: lose it all, and pages and phones that look
// again find what is stored. It carries within one process; several processes
// over PostgreSQL find changes at their next look until a bus between them is
// wired.
package bus

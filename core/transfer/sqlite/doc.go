// Package sqlite reads tables out of SQLite files that other applications
// wrote, from memory: no file is opened and nothing of the schema is trusted.
//
// It refuses views and virtual tables, which are programs, and bounds what the
// engine may allocate. Changes that an application had not yet moved from its
// write-ahead log into the database file are not in the bytes and not read.
//
// Nothing here writes SQL to a disk; store is the only place that does.
package sqlite

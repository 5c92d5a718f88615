// Package sqlite reads whole tables out of SQLite files that other
// applications wrote: it walks the table's pages, and that is all it can do.
//
// The engine (go-sqlite3, as in store) would be two thirds of the module that
// the phone loads to import a file, for three formats that hold a page or two
// of accounts; and a schema is a program, which an engine runs. Here nothing of
// the schema is run, and every page is visited once at most. The tests hold
// this reader against the engine.
//
// It refuses views, virtual tables, computed columns, tables without row
// numbers, and text that is not UTF-8. Changes that an application had not yet
// moved from its write-ahead log into the file are not in the bytes and not read.
//
// Standard: sqlite.org/fileformat2.html; sections are cited as "format".
package sqlite

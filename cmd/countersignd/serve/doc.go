// Package serve wires the server: it opens the store, makes the ceremonies,
// hands them to the rooms that translate, and puts their routes into one table.
//
// It decides nothing that a person or a protocol would notice but the order of
// the layers a request passes: host, security headers, limits, route.
package serve

// Package phoneapi owns the phone's API, docs/spec/{conventions,enrolment,
// approval}.md, on the server's side: it reads a call strictly, verifies whose
// it is, and hands it to a ceremony.
//
// A call is authenticated by a device key's signature and by nothing else: no
// cookie is read here, so that no page can make a browser call it on a
// person's behalf. It decides nothing and keeps no state but the open live
// channels.
package phoneapi

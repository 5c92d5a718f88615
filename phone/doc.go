// Package phone owns the client of the phone's API (docs/spec/conventions.md,
// enrolment.md, approval.md): it makes a device key known to a server, signs
// calls and decisions with it, and reads what waits. With app/ it is the
// second implementation of the phone's side; it shares the spelling of
// statements with the server (core/statement), and no other code.
//
//	Client ──Enrol──▶ Device ──▶ Fetch, Requests, Decide, Live, Remove
//
// It holds no global state and starts no goroutine that outlives a call: a
// thousand devices in one process are a thousand values that share one
// http.Client.
//
// It refuses to own: the keys at rest (phone/local), what is shown to a person
// (cmd/countersign), and whether a decision is right (ceremony/approval).
//
// Standards: RFC 9457 (problem details), WHATWG HTML §9.2 (event streams),
// RFC 9110 §11.4 (the Authorization field).
package phone

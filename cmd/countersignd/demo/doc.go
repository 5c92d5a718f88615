// Package demo owns what `countersignd serve --demo` adds: two people and a
// small relying party, so that a whole sign-in can be tried in two minutes on
// one machine.
//
// The relying party is an ordinary OpenID client: it knows the server by its
// discovery document and nothing else. It listens on loopback only, and Start
// refuses an issuer that is reached from outside.
package demo

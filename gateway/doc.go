// Package gateway owns what every door of the server has in common: the route
// and who may call it, the problem that a refused caller gets (RFC 9457), the
// strict reading of JSON, whose address a request comes from, and the host it
// must be meant for.
//
// The rooms below it (gateway/phoneapi, gateway/oidc, …) and web translate
// between a protocol and the ceremonies; none of them decides anything, and
// none of them knows another.
package gateway

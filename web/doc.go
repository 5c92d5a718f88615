// Package web owns the pages that people see in a browser: signing in, security
// info, adding a phone, first set-up, and the words for whatever may stop them.
//
//	/signin ──name──▶ /signin/{id} ──evidence──▶ continue ──▶ /security, /oidc/…
//	/security ──change──▶ fresh enough? ──▶ done
//	                          └──else──▶ /signin ──▶ /security
//
// Every page works without a script: plain forms, a redirect after each, and a
// refresh while something is waited for. With a script it listens instead
// (server-sent events). Every route stands in one table with who may call it.
//
// It decides nothing: ceremonies do, and web only translates. It knows no SQL,
// makes no session of its own, and speaks to no other host. It refuses to tell
// a stranger whether an account exists (checks A5, B9): what a page shows is
// the ceremony's plan, and the same list for every name until something was
// proved.
//
// Standards: RFC 6265bis (cookie prefixes, SameSite), Content Security Policy
// Level 3, HTML server-sent events, Fetch Metadata against cross-site forms.
package web

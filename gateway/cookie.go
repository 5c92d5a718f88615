package gateway

import "net/http"

// SessionCookie holds the secret of a signed-in browser. The prefix makes
// browsers refuse it from another host or over a plain connection (check G1).
const SessionCookie = "__Host-session"

// SessionSecret is what the browser brought, "" when it brought none or
// several: two cookies of one name mean that somebody planted one.
func SessionSecret(r *http.Request) string {
	if cookies := r.CookiesNamed(SessionCookie); len(cookies) == 1 {
		return cookies[0].Value
	}
	return ""
}

package web

import (
	"net/http"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/gateway"
)

// The cookies. Each has the __Host- prefix (RFC 6265bis §4.1.3.2): no other
// host, no sub-path and no plain-text page can set or shadow it (check G1).
const (
	sessionCookie = gateway.SessionCookie
	browserCookie = "__Host-browser"
	bindingCookie = "__Host-binding"
	attemptPrefix = "__Host-signin-"

	browserLife = 365 * 24 * time.Hour
	// attemptsKept is how many sign-ins one browser may have open: a few tabs.
	attemptsKept = 5
)

// attemptCookie is named by the sign-in, so that two tabs do not take each
// other's secret. Eight characters are 40 bits: enough for one browser.
func attemptCookie(id string) string {
	if len(id) < 8 {
		return ""
	}
	return attemptPrefix + id[:8]
}

// cookie is the value of a cookie that stands once; two of one name mean that
// somebody set one beside ours.
func cookie(r *http.Request, name string) string {
	if name == "" {
		return ""
	}
	found := r.CookiesNamed(name)
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

func setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// keepAttempt gives the browser the secret of its new sign-in, and takes back
// the oldest where it holds too many (browsers send older cookies first, RFC
// 6265bis §5.8.3).
func keepAttempt(w http.ResponseWriter, r *http.Request, id, secret string) {
	var held []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, attemptPrefix) && c.Name != attemptCookie(id) {
			held = append(held, c.Name)
		}
	}
	for len(held) >= attemptsKept {
		dropCookie(w, held[0])
		held = held[1:]
	}
	setCookie(w, attemptCookie(id), secret, countersign.SignInLife)
}

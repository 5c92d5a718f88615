package gateway

import (
	"net/http"
	"slices"
)

// Caller says who may call a route. A test walks the table with every kind of
// caller (check E1).
type Caller string

// The callers. Each is enforced by the room that owns the route.
const (
	Anyone     Caller = "anyone"            // no cookie is read, nothing of an account is shown
	Browser    Caller = "browser"           // the browser that began this sign-in, by its secret
	SignedIn   Caller = "signed in"         // a live session
	FreshOwner Caller = "freshly signed in" // a session that proved itself lately, at the account's full strength
	Phone      Caller = "phone"             // a device key's signature
	Enrolling  Caller = "enrolling phone"   // a binding code and a signature that proves the key
	Party      Caller = "relying party"     // a client, by its secret or PKCE
	SetupCode  Caller = "setup code"        // whoever reads the server's own console
)

// Route is one line of the table of everything that the server answers.
type Route struct {
	Method string // GET also answers HEAD
	Path   string // a pattern of net/http
	Caller Caller
	Serve  http.HandlerFunc
	// Origins is true for routes that other origins may call with their own
	// credentials: token and API endpoints, never one that reads a cookie.
	Origins bool
}

// Mux serves a table. An unknown path is answered by notFound, a known path
// with another method by 405 and the Allow header.
func Mux(routes []Route, notFound http.HandlerFunc) *http.ServeMux {
	mux := http.NewServeMux()
	allowed := make(map[string][]string)
	for _, r := range routes {
		mux.HandleFunc(r.Method+" "+r.Path, r.Serve)
		allowed[r.Path] = append(allowed[r.Path], r.Method)
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			for _, m := range methods {
				w.Header().Add("Allow", m)
			}
			WriteProblem(w, Problem{Status: http.StatusMethodNotAllowed, Code: "method-not-allowed",
				Title: "This address does not answer that method", Detail: "Use one of the methods in the Allow header."})
		})
	}
	if !slices.ContainsFunc(routes, func(r Route) bool { return r.Path == "/" }) {
		mux.HandleFunc("/", notFound)
	}
	return mux
}

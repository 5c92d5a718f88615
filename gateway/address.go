package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Peers knows whose word about a caller's address counts.
type Peers struct {
	// Trusted are the proxies in front of this server. X-Forwarded-For is
	// read only from them; from anybody else it is a claim (check C4).
	Trusted []netip.Prefix
}

// Address is the caller's address: the connection's peer, or, when that is a
// trusted proxy, the last address in X-Forwarded-For that no trusted proxy
// added.
func (p Peers) Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	peer = peer.Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(peer); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		peer = hop.Unmap().WithZone("")
	}
	return peer.String()
}

func (p Peers) trusts(a netip.Addr) bool {
	for _, prefix := range p.Trusted {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// ForHost refuses requests that name another host than the issuer's: a
// rebinding page or a poisoned Host header reaches nothing (check F1).
func ForHost(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(r.Host, host) {
			WriteProblem(w, Problem{Status: http.StatusMisdirectedRequest, Code: "misdirected", Title: "This server has another name",
				Detail: "It answers for " + host + " alone. Check the address, or the server's issuer setting."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

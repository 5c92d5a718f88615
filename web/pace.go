package web

import (
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Pace is how often one address may call what costs the server something: a
// password's hash above all. It protects the server; what protects an account
// is the throttle, which counts across addresses.
type Pace struct {
	Burst     int // at once
	PerMinute int // in the long run
}

// An office behind one address signs in at nine o'clock: a name and a password
// are two calls, so sixty people at once, then two each second. A hash takes
// 20 ms of one core: the pace of one address is a tenth of it.
var usualPace = Pace{Burst: 120, PerMinute: 240}

// mostPaced bounds the memory that made-up addresses can fill.
const mostPaced = 1 << 16

type bucket struct {
	left float64
	at   time.Time
}

type pacer struct {
	pace    Pace
	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
}

func newPacer(p Pace) *pacer {
	if p.Burst <= 0 || p.PerMinute <= 0 {
		p = usualPace
	}
	return &pacer{pace: p, buckets: make(map[netip.Prefix]bucket)}
}

// take spends one call of an address, or says how long to wait.
func (p *pacer) take(address string, now time.Time) (wait time.Duration, ok bool) {
	key := paced(address)
	perSecond := float64(p.pace.PerMinute) / 60
	p.mu.Lock()
	defer p.mu.Unlock()
	b, known := p.buckets[key]
	if !known {
		if len(p.buckets) >= mostPaced {
			p.forget(now, perSecond)
		}
		b = bucket{left: float64(p.pace.Burst), at: now}
	}
	// A clock that steps back refills nothing and takes nothing away.
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = math.Min(float64(p.pace.Burst), b.left+passed*perSecond)
		b.at = now
	}
	if b.left < 1 {
		p.buckets[key] = b
		return time.Duration(math.Ceil((1-b.left)/perSecond)) * time.Second, false
	}
	b.left--
	p.buckets[key] = b
	return 0, true
}

// forget drops full buckets, which say nothing; when all are in use it drops
// everything rather than grow.
func (p *pacer) forget(now time.Time, perSecond float64) {
	for key, b := range p.buckets {
		if b.left+now.Sub(b.at).Seconds()*perSecond >= float64(p.pace.Burst) {
			delete(p.buckets, key)
		}
	}
	if len(p.buckets) >= mostPaced {
		clear(p.buckets)
	}
}

// paced is who counts as one: an IPv4 address, or the IPv6 network that one
// subscriber has.
func paced(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	prefix, _ := a.Prefix(bits)
	return prefix
}

// paced answers 429 when an address calls too often; false means answered.
func (s *Web) paced(w http.ResponseWriter, r *http.Request) bool {
	wait, ok := s.pace.take(s.Peers.Address(r), s.Now())
	if ok {
		return true
	}
	t := troubleTooOften
	t.retry = wait
	s.trouble(w, r, t)
	return false
}

package countersign

import "time"

// Session limits, enforced on the server whatever the client holds (check G2).
const (
	SessionIdle     = 12 * time.Hour
	SessionAbsolute = 7 * 24 * time.Hour
	// SessionFresh is how long after proving oneself one may change one's own
	// sign-in methods without proving it again (check E1).
	SessionFresh = 10 * time.Minute
)

// Session is a signed-in browser. Key is the hash of the cookie's secret; the
// secret itself is kept nowhere.
type Session struct {
	Key           string // base64url SHA-256 of the cookie's secret
	AccountID     string
	AMR           []string
	ACR           string
	Authenticated time.Time // when the person last proved themselves
	Created       time.Time
	Seen          time.Time
	Address       string
	Agent         string
}

// Live reports whether the session counts at now.
func (s Session) Live(now time.Time) bool {
	return now.Before(s.Seen.Add(SessionIdle)) && now.Before(s.Created.Add(SessionAbsolute))
}

// IsFresh reports whether the person proved themselves lately enough to change
// sign-in methods.
func (s Session) IsFresh(now time.Time) bool {
	return s.Live(now) && now.Before(s.Authenticated.Add(SessionFresh))
}

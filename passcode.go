package countersign

import "time"

// Passcode is an authenticator that shows one-time codes (TOTP, RFC 6238),
// known to this server by its seed. The seed is sealed at rest.
type Passcode struct {
	ID        string
	AccountID string
	Name      string
	Secret    Secret
	Algorithm Algorithm
	Digits    int
	Period    int
	LastStep  int64 // the last step spent; nothing at or before it counts (RFC 6238 §5.2)
	Active    bool  // false until the person has typed a first code
	Created   time.Time
	Used      time.Time
}

package countersign

import "time"

// BindingState is where one enrolment attempt is.
//
//	open ──keys──▶ claimed ──safety code──▶ done
//	  └────time────────┴──three wrong, cancel, time──▶ dead
type BindingState string

// The states of a binding.
const (
	BindingOpen    BindingState = "open"
	BindingClaimed BindingState = "claimed"
	BindingDone    BindingState = "done"
	BindingDead    BindingState = "dead"
)

// Limits of a binding (docs/spec/enrolment.md).
const (
	BindingLife  = 10 * time.Minute
	BindingTries = 3 // a six-digit code: 3 in 1,000,000
)

// Binding is one enrolment attempt: a binding code shown in a browser, spent
// by the phone that sends its keys, and confirmed in that same browser.
type Binding struct {
	ID        string
	AccountID string
	CodeHash  []byte // SHA-256 of the canonical code; the code itself is not kept
	Session   string // key of the session that made it; "" for the operator's command
	State     BindingState
	Tries     int // wrong safety codes so far
	Safety    string
	DeviceID  string // once claimed
	Created   time.Time
	Expires   time.Time
}

// Live reports whether the binding can still lead to a device at now.
func (b Binding) Live(now time.Time) bool {
	return (b.State == BindingOpen || b.State == BindingClaimed) && now.Before(b.Expires)
}

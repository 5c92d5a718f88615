package countersign

// Methods is what an account has to sign in with, as far as planning the next
// step needs it; the zero value is an account that has nothing.
type Methods struct {
	Phone     bool // at least one active device
	App       bool // at least one active passcode authenticator
	Password  bool
	Locked    bool     // its operator locked it; what it has is shown all the same (check A5)
	Approvals Throttle // of approvals on its phones
}

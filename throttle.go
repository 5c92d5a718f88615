package countersign

import "time"

// Factor names what is throttled, apart from every other factor: a throttled
// passcode leaves a passkey free (check A3).
type Factor string

// The throttled factors.
const (
	FactorPassword Factor = "password"
	FactorPasscode Factor = "passcode"
	FactorApproval Factor = "approval"
)

// Throttle counts attempts at one factor of one subject (an account, or the
// bucket of an unknown name). It counts across sign-ins, sessions and
// addresses: ten tries per session with unlimited sessions is no limit.
type Throttle struct {
	Failures int       // since the last success
	Until    time.Time // refused before this
}

// Limits of one factor.
type Limits struct {
	Free  int           // attempts before the first delay
	Delay time.Duration // the first delay; it doubles with each further failure
	Most  time.Duration // the longest delay
	End   int           // attempts after which even the right answer is refused until another factor succeeds
}

// Published limits. A person mistypes two or three times; an attacker needs
// thousands. 100 evaluations of a six-digit code are 1 in 3,333 with a window
// of three steps.
var (
	PasswordLimits = Limits{Free: 10, Delay: 5 * time.Second, Most: 15 * time.Minute, End: 1 << 30}
	PasscodeLimits = Limits{Free: 5, Delay: 30 * time.Second, Most: time.Hour, End: 100}
	ApprovalLimits = Limits{Free: ApprovalTries, Delay: time.Minute, Most: time.Hour, End: 1 << 30}
)

// Reserve counts one attempt before anything is compared, so that a crash can
// only over-count. It returns the new throttle, to be stored before comparing,
// and whether the attempt may be evaluated at all; a refused attempt is not
// counted, so that nobody can keep the holder out by hammering.
func (t Throttle) Reserve(now time.Time, l Limits) (Throttle, bool) {
	if t.Failures >= l.End || now.Before(t.Until) {
		return t, false
	}
	t.Failures++
	if over := t.Failures - l.Free; over >= 0 {
		delay := l.Most
		if over < 20 && l.Delay<<over < l.Most {
			delay = l.Delay << over
		}
		t.Until = now.Add(delay)
	}
	return t, true
}

// Paused reports whether an attempt at now would be refused.
func (t Throttle) Paused(now time.Time, l Limits) bool {
	return t.Failures >= l.End || now.Before(t.Until)
}

package signin

import (
	"context"
	"slices"
	"time"

	countersign "github.com/countersign-id/countersign"
)

// Method is a way of adding evidence.
type Method string

// The methods, weakest last in every order that people see.
const (
	MethodNone     Method = ""
	MethodApproval Method = "approval"
	MethodPasscode Method = "passcode"
	MethodPassword Method = "password"
)

// Plan is what the page shows next.
type Plan struct {
	Next   Method   // MethodNone: the evidence is enough
	Others []Method // other ways from here
	// Personal is true when the plan was made from the account's own methods:
	// a browser known to the account, or a first factor proved. Otherwise it
	// is the operator's list, the same for every name (check B9).
	Personal bool
	// PausedUntil is when approvals may be asked again, if they are paused;
	// told only in a personal plan.
	PausedUntil time.Time
	// Stuck is true when the account has no way to what is missing.
	Stuck bool
}

// Personal reports whether a plan for s is made from the account's own methods.
func Personal(s countersign.SignIn) bool { return !s.Evidence.None() || s.Known }

// Plan decides the next step from the evidence and from what the account has.
//
// The published order: an approval before a passcode, because the person sees
// what they approve; the password first where a phone does not verify its
// user, because an approval alone then proves one factor only and asking
// after the password leaves nobody's phone to strangers.
func (c *Ceremony) Plan(ctx context.Context, s countersign.SignIn) (Plan, error) {
	has, until, err := c.has(ctx, s)
	if err != nil {
		return Plan{}, err
	}
	if !Personal(s) {
		return first(c.policy.Offered, false), nil
	}
	plan := next(s.Evidence, has, c.policy)
	plan.PausedUntil = until
	return plan, nil
}

// has lists the methods the account really has, asked for every attempt alike.
func (c *Ceremony) has(ctx context.Context, s countersign.SignIn) ([]Method, time.Time, error) {
	own, err := c.store.Methods(ctx, s.AccountID)
	if err != nil {
		return nil, time.Time{}, err
	}
	var has []Method
	var until time.Time
	if own.Phone {
		has = append(has, MethodApproval)
		if own.Approvals.Paused(c.now(), countersign.ApprovalLimits) {
			until = own.Approvals.Until
		}
	}
	if own.App {
		has = append(has, MethodPasscode)
	}
	if own.Password {
		has = append(has, MethodPassword)
	}
	return has, until, nil
}

// next is pure: evidence and methods in, plan out.
func next(e countersign.Evidence, has []Method, policy Policy) Plan {
	second := intersect(has, MethodApproval, MethodPasscode)
	switch {
	case e.None():
		return first(intersect(has, MethodPassword, MethodApproval, MethodPasscode), true)
	case e.Factors() >= 2:
		return Plan{Personal: true}
	case !e.Password.IsZero() && len(second) == 0:
		// One factor is all there is. Whether that is enough is the
		// operator's choice; it is never called two.
		return Plan{Personal: true, Stuck: policy.SecondFactor, Next: stuck(policy.SecondFactor)}
	case !e.Password.IsZero():
		return first(second, true)
	case slices.Contains(has, MethodPassword):
		return Plan{Next: MethodPassword, Personal: true}
	default:
		return Plan{Next: MethodPassword, Personal: true, Stuck: true}
	}
}

func stuck(yes bool) Method {
	if yes {
		return MethodApproval
	}
	return MethodNone
}

func first(methods []Method, personal bool) Plan {
	if len(methods) == 0 {
		return Plan{Next: MethodPassword, Personal: personal, Stuck: true}
	}
	return Plan{Next: methods[0], Others: methods[1:], Personal: personal}
}

func intersect(has []Method, order ...Method) []Method {
	var out []Method
	for _, m := range order {
		if slices.Contains(has, m) {
			out = append(out, m)
		}
	}
	return out
}

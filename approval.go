package countersign

import "time"

// ApprovalState is where an approval request is. One compare-and-set moves it
// out of pending; nothing moves it again (check B10).
//
//	pending ──approve──▶ approved
//	   │────deny───────▶ denied
//	   │────report─────▶ reported
//	   │────time───────▶ expired
//	   └────misses, sibling, newer, sign-in left──▶ ended
type ApprovalState string

// The states of an approval request.
const (
	ApprovalPending  ApprovalState = "pending"
	ApprovalApproved ApprovalState = "approved"
	ApprovalDenied   ApprovalState = "denied"
	ApprovalReported ApprovalState = "reported"
	ApprovalExpired  ApprovalState = "expired"
	ApprovalEnded    ApprovalState = "ended"
)

// Decision is what a person answers.
type Decision string

// The decisions.
const (
	Approve Decision = "approve"
	Deny    Decision = "deny"
	Report  Decision = "report"
)

// State is the state a decision leads to; "" for a word that is no decision.
func (d Decision) State() ApprovalState {
	switch d {
	case Approve:
		return ApprovalApproved
	case Deny:
		return ApprovalDenied
	case Report:
		return ApprovalReported
	}
	return ""
}

// Purpose says what an approval is for.
type Purpose string

// The purposes of an approval.
const (
	PurposeSignIn Purpose = "sign-in"
	PurposeTest   Purpose = "test" // the last step of enrolment
)

// Limits of approvals (docs/spec/approval.md).
const (
	ApprovalLife           = 60 * time.Second
	ApprovalTries          = 3 // wrong numbers until every pending request ends
	ApprovalPendingPerKind = 3 // two tabs and a mistake; known and unfamiliar browsers apart
	DigitsFamiliar         = 2
	DigitsUnfamiliar       = 6
)

// Approval is one request for a person's decision. A row with no account is a
// decoy: a name that does not exist got the same page (check B9).
type Approval struct {
	ID        string
	SignInID  string // "" for a test
	AccountID string // "" for a decoy
	Purpose   Purpose
	ClientID  string
	Nonce     string // base64url, 16 bytes
	Number    string // what the page shows, DigitsFamiliar or DigitsUnfamiliar long
	Context   string // canonical record, as sent
	Known     bool   // asked from a browser that this account used before
	Source    string // address of the browser
	State     ApprovalState
	DeviceID  string // who decided
	Signature []byte // of the decision's statement, kept as its proof
	Asked     time.Time
	NotAfter  time.Time
	Decided   time.Time
}

// At is the state at now: a pending request whose time has come is expired,
// whether or not anybody has written that down. From NotAfter on, not after
// it (check B12).
func (a Approval) At(now time.Time) ApprovalState {
	if a.State == ApprovalPending && !now.Before(a.NotAfter) {
		return ApprovalExpired
	}
	return a.State
}

// Deciding is one verified answer on its way into the store. Notice and Event
// make the rows that commit with it, for the kind that the outcome turns out
// to be.
type Deciding struct {
	ApprovalID string
	DeviceID   string
	Decision   Decision
	Number     string
	Signature  []byte
	Now        time.Time
	Notice     func(NoticeKind) Notice
	Event      func(kind string) Event
}

// Decided is what became of it.
type Decided struct {
	State     ApprovalState
	TriesLeft int  // with ErrWrong
	Repeated  bool // the same device had decided the same before
}

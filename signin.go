package countersign

import (
	"hash/fnv"
	"strconv"
	"time"
)

// SignInState is where one attempt to sign in is.
//
//	open ──enough evidence, by its own browser──▶ finished
//	  └────time, left────────────────────────────▶ ended
type SignInState string

// The states of a sign-in.
const (
	SignInOpen     SignInState = "open"
	SignInFinished SignInState = "finished"
	SignInEnded    SignInState = "ended"
)

// SignInLife is how long a person may take from the user name to the session.
const SignInLife = 10 * time.Minute

// SignIn is one attempt, bound to the browser that began it by a secret of
// which only the hash is kept. Factors add evidence to it; only the ceremony
// signin reads the evidence and makes a session.
type SignIn struct {
	ID         string
	SecretHash []byte
	AccountID  string // "" when the name is unknown: the attempt looks the same
	Name       string // canonical, as typed
	ClientID   string // the relying party that asked; "" for this server itself
	Return     string // where the browser goes afterwards: a local path, checked when made
	Address    string
	Agent      string // User-Agent, capped
	Known      bool   // this browser has signed this account in before
	Fresh      string // key of the session that is being renewed; "" for a new one
	State      SignInState
	ApprovalID string // the last approval asked for
	Evidence   Evidence
	Created    time.Time
	Expires    time.Time
}

// ThrottleSubject is whose attempts are counted. A browser that the account
// used before counts apart from all others, so that strangers who hammer a
// name do not keep its holder out; a name that does not exist counts in a
// bucket, so that it meets the same limits (check A5).
func (s SignIn) ThrottleSubject() string {
	if s.AccountID == "" {
		h := fnv.New32a()
		h.Write([]byte(s.Name))
		return "unknown:" + strconv.Itoa(int(h.Sum32()%decoyBuckets))
	}
	if s.Known {
		return s.AccountID + "+"
	}
	return s.AccountID
}

// decoyBuckets bounds the rows that made-up names can fill.
const decoyBuckets = 4096

// Evidence is what an attempt has proved so far; a zero time means not proved.
type Evidence struct {
	Password time.Time
	Approval time.Time
	Device   string // the device that approved
	Passcode time.Time
}

// None reports that nothing has been proved yet.
func (e Evidence) None() bool {
	return e.Password.IsZero() && e.Approval.IsZero() && e.Passcode.IsZero()
}

// Factors counts the kinds of evidence: what one knows, what one has. An
// approval without user verification and a passcode are both "has".
func (e Evidence) Factors() int {
	n := 0
	if !e.Password.IsZero() {
		n++
	}
	if !e.Approval.IsZero() || !e.Passcode.IsZero() {
		n++
	}
	return n
}

// AMR lists the authentication methods (RFC 8176 §2), truthfully: a device
// key held by software is swk, never hwk; an approval on another channel is
// mca; two kinds are mfa. Nothing here is ever phishing-resistant.
func (e Evidence) AMR() []string {
	var amr []string
	if !e.Password.IsZero() {
		amr = append(amr, "pwd")
	}
	if !e.Approval.IsZero() {
		amr = append(amr, "swk", "mca")
	}
	if !e.Passcode.IsZero() {
		amr = append(amr, "otp")
	}
	if e.Factors() > 1 {
		amr = append(amr, "mfa")
	}
	return amr
}

// ACR names the assurance reached.
func (e Evidence) ACR() string {
	if e.Factors() > 1 {
		return ACRTwoFactors
	}
	return ACROneFactor
}

// Assurance names, as they stand in ID tokens. OpenID's phr (phishing-
// resistant) joins them with passkeys; an approval never reaches it.
const (
	ACROneFactor  = "urn:countersign:acr:1"
	ACRTwoFactors = "urn:countersign:acr:2"
)

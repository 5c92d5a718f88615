package countersign

import "time"

// AccountState says whether an account may sign in at all.
type AccountState string

// An account is active until its operator locks it; a locked one is refused on
// every pathway (check B8) and looks to a stranger like any other (check A5).
const (
	AccountActive AccountState = "active"
	AccountLocked AccountState = "locked"
)

// Role says what an account may do beyond its own matters.
type Role string

// Person is everyone; Owner set the server up.
const (
	Person Role = "person"
	Owner  Role = "owner"
)

// Account is one person's account on this server. Name is canonical
// (core/username): two spellings of one name are one account (check E4).
type Account struct {
	ID       string
	Name     string
	Display  string
	State    AccountState
	Role     Role
	Password PasswordHash // empty: no password
	Created  time.Time
}

// PasswordHash is an Argon2id hash in PHC form. It does not print.
type PasswordHash struct{ Secret }

package statement

import (
	"fmt"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

// ApprovalDomain separates a decision from every other statement.
const ApprovalDomain = "countersign/approval/v1"

// Approval is a person's decision about an approval request
// (docs/spec/approval.md).
type Approval struct {
	Issuer   string
	Client   string // relying party
	Request  string
	Nonce    string
	Account  string
	Device   string
	Decision countersign.Decision
	Number   string // digits as typed; Absent for deny and report
	Context  string // the context record, as sent; its hash is signed
	NotAfter int64  // Unix milliseconds
}

// Statement is the canonical text of the decision.
func (a Approval) Statement() (Statement, error) {
	switch a.Decision {
	case countersign.Approve:
		if a.Number == "" || strings.Trim(a.Number, "0123456789") != "" {
			return Statement{}, fmt.Errorf("statement: approval: number: %w", countersign.ErrMalformed)
		}
	case countersign.Deny, countersign.Report:
		// A refusal proves nothing about what the page shows.
		if a.Number != Absent {
			return Statement{}, fmt.Errorf("statement: approval: number beside %s: %w", a.Decision, countersign.ErrMalformed)
		}
	default:
		return Statement{}, fmt.Errorf("statement: approval: decision: %w", countersign.ErrMalformed)
	}
	notAfter, err := milliseconds(a.NotAfter)
	if err != nil {
		return Statement{}, err
	}
	return New(ApprovalDomain, a.Issuer, a.Client, a.Request, a.Nonce, a.Account, a.Device,
		string(a.Decision), a.Number, Hash([]byte(a.Context)), notAfter)
}

// milliseconds spells a time; zero is the mark of a caller who forgot it.
func milliseconds(ms int64) (string, error) {
	if ms <= 0 {
		return "", fmt.Errorf("statement: time: %w", countersign.ErrMalformed)
	}
	return strconv.FormatInt(ms, 10), nil
}

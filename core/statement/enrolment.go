package statement

import (
	"fmt"

	countersign "github.com/countersign-id/countersign"
)

// EnrolDomain separates the proof of possession of a new device key.
const EnrolDomain = "countersign/enrol/v1"

// Enrol is what a phone signs when it redeems a binding code
// (docs/spec/enrolment.md).
type Enrol struct {
	Issuer      string
	Code        string // canonical: 26 characters
	Key         []byte // the device key's point
	PasskeyHash string // empty when there is no passkey; spelled Absent
	Platform    countersign.Platform
	Name        string
	AppVersion  string
}

// Statement is the canonical text of the enrolment.
func (e Enrol) Statement() (Statement, error) {
	if err := CheckPoint(e.Key); err != nil {
		return Statement{}, err
	}
	if !e.Platform.Known() {
		return Statement{}, fmt.Errorf("statement: enrol: platform: %w", countersign.ErrMalformed)
	}
	return New(EnrolDomain, e.Issuer, e.Code, EncodePoint(e.Key), orAbsent(e.PasskeyHash),
		string(e.Platform), e.Name, e.AppVersion)
}

func orAbsent(s string) string {
	if s == "" {
		return Absent
	}
	return s
}

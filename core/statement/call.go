package statement

// CallDomain separates the signature of a call to the phone's API.
const CallDomain = "countersign/call/v1"

// Call is one call of an enrolled device (docs/spec/conventions.md).
type Call struct {
	Issuer string
	Method string
	Path   string // with the query, exactly as sent
	Body   []byte // nil when there is none
	Device string
	Time   int64 // Unix milliseconds
}

// Statement is the canonical text of the call.
func (c Call) Statement() (Statement, error) {
	at, err := milliseconds(c.Time)
	if err != nil {
		return Statement{}, err
	}
	return New(CallDomain, c.Issuer, c.Method, c.Path, Hash(c.Body), c.Device, at)
}

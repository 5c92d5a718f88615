package statement

import (
	"encoding/binary"
	"fmt"
)

// SafetyDomain separates the hash behind a safety code.
const SafetyDomain = "countersign/safety/v1"

// SafetyCode is the six digits that the phone shows and the person types into
// the browser that made the binding code. Whoever redeemed a stolen QR has
// another key, so another code (check C2); the server's nonce is drawn after
// the keys arrived, so nobody can search for a key that gives the same six
// digits.
//
// passkeyHash is empty when there is no passkey. The values come from the
// other side of a wire: what New refuses is an error here.
func SafetyCode(issuer, account, code, thumbprint, passkeyHash, serverNonce string) (string, error) {
	s, err := New(SafetyDomain, issuer, account, code, thumbprint, orAbsent(passkeyHash), serverNonce)
	if err != nil {
		return "", err
	}
	digest := s.Digest()
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(digest[:8])%1_000_000), nil
}

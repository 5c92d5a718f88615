package statement

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	countersign "github.com/countersign-id/countersign"
)

// SignatureLength is r ‖ s, 32 bytes each (IEEE P1363), as WebCrypto gives it.
const SignatureLength = 64

var errKeyNotP256 = errors.New("statement: the key is not on P-256")

// Sign signs s with key. The signature is deterministic (RFC 6979), so that a
// machine with a broken random source leaks no key.
func Sign(key *ecdsa.PrivateKey, s Statement) ([]byte, error) {
	if key.Curve != elliptic.P256() {
		return nil, errKeyNotP256
	}
	if s.text == "" {
		return nil, fmt.Errorf("statement: nothing to sign: %w", countersign.ErrMalformed)
	}
	digest := s.Digest()
	der, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("statement: signing: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("statement: signing: %w", err)
	}
	signature := make([]byte, SignatureLength)
	rs.R.FillBytes(signature[:32])
	rs.S.FillBytes(signature[32:])
	return signature, nil
}

// Verify checks a signature over s by the key whose point is given. Every
// refusal wraps countersign.ErrSignature: whoever called learns that it did
// not verify, not why.
func Verify(point []byte, s Statement, signature []byte) error {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return fmt.Errorf("statement: key: %w", countersign.ErrSignature)
	}
	if s.text == "" {
		return fmt.Errorf("statement: nothing was signed: %w", countersign.ErrSignature)
	}
	// DER, and P1363 with bytes left over, would give one decision many
	// spellings.
	if len(signature) != SignatureLength {
		return fmt.Errorf("statement: signature of %d bytes: %w", len(signature), countersign.ErrSignature)
	}
	r := new(big.Int).SetBytes(signature[:32])
	t := new(big.Int).SetBytes(signature[32:])
	// FIPS 186-5 §6.4.2: r and s in [1, n-1]. An all-zero signature is the
	// classic forgery against a verifier that forgets (CVE-2022-21449).
	order := elliptic.P256().Params().N
	if r.Sign() == 0 || t.Sign() == 0 || r.Cmp(order) >= 0 || t.Cmp(order) >= 0 {
		return fmt.Errorf("statement: signature out of range: %w", countersign.ErrSignature)
	}
	digest := s.Digest()
	if !ecdsa.Verify(key, digest[:], r, t) {
		return fmt.Errorf("statement: %s: %w", s, countersign.ErrSignature)
	}
	return nil
}

package freeotp

import (
	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// account is what all three files say of an account; the secret is elsewhere in
// FreeOTP 2. Absent members take the family's defaults.
type account struct {
	Algo      string  `json:"algo"`
	Counter   *int64  `json:"counter"`
	Digits    *int    `json:"digits"`
	IssuerExt *string `json:"issuerExt"`
	IssuerInt *string `json:"issuerInt"`
	IssuerAlt *string `json:"issuerAlt"`
	Label     string  `json:"label"`
	LabelAlt  *string `json:"labelAlt"`
	Period    *int    `json:"period"`
	Type      string  `json:"type"`
	Secret    []int8  `json:"secret"` // Java bytes: signed
}

// steamIssuer switches the family to Steam Guard's letters.
const steamIssuer = "Steam"

// names are what the application shows: what the person changed it to, else
// what the link said.
func (a account) names() (issuer, label string) {
	for _, candidate := range []*string{a.IssuerAlt, a.IssuerExt, a.IssuerInt} {
		if candidate != nil && *candidate != "" {
			issuer = *candidate
			break
		}
	}
	if a.LabelAlt != nil && *a.LabelAlt != "" {
		return issuer, *a.LabelAlt
	}
	return issuer, a.Label
}

func (a account) countersign(secret []byte) (countersign.Entry, error) {
	issuer, label := a.names()
	out := countersign.Entry{Issuer: issuer, Label: label, Secret: countersign.NewSecret(secret), Digits: 6}
	steam := a.IssuerExt != nil && *a.IssuerExt == steamIssuer
	if steam {
		out.Digits = 5
	}
	if a.Digits != nil {
		out.Digits = *a.Digits
	}
	var err error
	if out.Algorithm, err = foreign.Hash(a.Algo); err != nil {
		return out, err
	}
	switch a.Type {
	case "HOTP":
		if steam {
			return out, foreign.Refused("type-unknown", "It is a Steam account that counts its codes; Steam has none.")
		}
		if a.Counter == nil || *a.Counter < 0 {
			return out, foreign.Refused("counter-missing", "It counts its codes, and its counter is missing or below zero.")
		}
		out.Type, out.Counter = countersign.HOTP, uint64(*a.Counter)
	case "TOTP":
		out.Type, out.Period = countersign.TOTP, 30
		if steam {
			out.Type = countersign.Steam
		}
		if a.Period != nil {
			out.Period = *a.Period
		}
	default:
		return out, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", a.Type)
	}
	return out, nil
}

// unsigned is Java's bytes as Go has them.
func unsigned(signed []int8) []byte {
	out := make([]byte, len(signed))
	for i, b := range signed {
		out[i] = byte(b)
	}
	return out
}

package phone

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/statement"
)

// NewKey draws a device key.
func NewKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// Enrolment is what a phone tells of itself when it redeems a binding code.
type Enrolment struct {
	Code     string // canonical (ParseCode)
	Key      *ecdsa.PrivateKey
	Name     string
	Platform countersign.Platform
	Version  string
}

// Enrolled is what the server made of it. The device is pending until the
// person has typed the safety code into the browser that made the code.
type Enrolled struct {
	Device      *Device
	AccountName string
	ServerName  string
	Safety      string // six digits, computed here: the server cannot choose them
}

// Enrol redeems a binding code. It is not repeated on any failure: the code is
// spent at most once, and a person who hears so can make another.
func (c *Client) Enrol(ctx context.Context, e Enrolment) (*Enrolled, error) {
	point, err := statement.PointOf(&e.Key.PublicKey)
	if err != nil {
		return nil, err
	}
	text, err := statement.Enrol{
		Issuer: c.Issuer, Code: e.Code, Key: point, Platform: e.Platform, Name: e.Name, AppVersion: e.Version,
	}.Statement()
	if err != nil {
		return nil, err
	}
	signature, err := statement.Sign(e.Key, text)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Code      string `json:"code"`
		Key       string `json:"key"`
		Name      string `json:"name"`
		Platform  string `json:"platform"`
		Version   string `json:"version"`
		Signature string `json:"signature"`
	}{e.Code, statement.EncodePoint(point), e.Name, string(e.Platform), e.Version, statement.EncodeBytes(signature)})
	if err != nil {
		return nil, fmt.Errorf("phone: %w", err)
	}
	var answer struct {
		Device     string      `json:"device"`
		Issuer     string      `json:"issuer"`
		ServerName string      `json:"server_name"`
		Account    accountWire `json:"account"`
		Nonce      string      `json:"nonce"`
	}
	if err := c.call(ctx, http.MethodPost, "/api/phone/v1/enrolments", body, &answer); err != nil {
		return nil, err
	}
	// A server that calls itself by another name would have us sign statements
	// in that name.
	if answer.Issuer != c.Issuer {
		return nil, fmt.Errorf("%w: it calls itself %q", ErrAnswer, answer.Issuer)
	}
	if countersign.CheckID(answer.Device) != nil || countersign.CheckID(answer.Account.ID) != nil {
		return nil, fmt.Errorf("%w: identifiers", ErrAnswer)
	}
	safety, err := statement.SafetyCode(c.Issuer, answer.Account.ID, e.Code, statement.Thumbprint(point), "", answer.Nonce)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return &Enrolled{
		Device:      &Device{Client: c, ID: answer.Device, AccountID: answer.Account.ID, Key: e.Key},
		AccountName: answer.Account.Name,
		ServerName:  answer.ServerName,
		Safety:      safety,
	}, nil
}

type accountWire struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

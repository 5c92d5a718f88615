package statement

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"os"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

type named struct {
	Name string `json:"name"`
}

type canonical struct {
	Text   string `json:"text"`
	Digest string `json:"digest"`
}

type statementVector struct {
	named
	canonical
	Domain string   `json:"domain"`
	Lines  []string `json:"lines"`
}

type approvalVector struct {
	named
	canonical
	Issuer   string `json:"issuer"`
	Client   string `json:"client"`
	Request  string `json:"request"`
	Nonce    string `json:"nonce"`
	Account  string `json:"account"`
	Device   string `json:"device"`
	Decision string `json:"decision"`
	Number   string `json:"number"`
	Context  string `json:"context"`
	NotAfter int64  `json:"not_after"`
}

func (v approvalVector) approval() Approval {
	return Approval{v.Issuer, v.Client, v.Request, v.Nonce, v.Account, v.Device,
		countersign.Decision(v.Decision), v.Number, v.Context, v.NotAfter}
}

type enrolVector struct {
	named
	canonical
	Issuer      string `json:"issuer"`
	Code        string `json:"code"`
	Key         string `json:"key"`
	PasskeyHash string `json:"passkey_hash"`
	Platform    string `json:"platform"`
	DeviceName  string `json:"device_name"`
	AppVersion  string `json:"app_version"`
}

func (v enrolVector) enrol(t *testing.T) Enrol {
	key, err := ParseBytes(v.Key)
	if err != nil {
		t.Fatal(err)
	}
	return Enrol{v.Issuer, v.Code, key, v.PasskeyHash, countersign.Platform(v.Platform), v.DeviceName, v.AppVersion}
}

type corpus struct {
	About            string            `json:"about"`
	Statements       []statementVector `json:"statements"`
	Refused          []statementVector `json:"refused"`
	Approvals        []approvalVector  `json:"approvals"`
	ApprovalsRefused []approvalVector  `json:"approvals_refused"`
	Enrols           []enrolVector     `json:"enrols"`
	EnrolsRefused    []enrolVector     `json:"enrols_refused"`
	Calls            []struct {
		named
		canonical
		Issuer string `json:"issuer"`
		Method string `json:"method"`
		Path   string `json:"path"`
		Body   string `json:"body"`
		Device string `json:"device"`
		Time   int64  `json:"time"`
	} `json:"calls"`
	Safety []struct {
		named
		Issuer      string `json:"issuer"`
		Account     string `json:"account"`
		Code        string `json:"code"`
		Thumbprint  string `json:"thumbprint"`
		PasskeyHash string `json:"passkey_hash"`
		Nonce       string `json:"nonce"`
		SafetyCode  string `json:"safety_code"`
	} `json:"safety"`
	Points []struct {
		named
		Wire       string `json:"wire"`
		Valid      bool   `json:"valid"`
		Thumbprint string `json:"thumbprint"`
	} `json:"points"`
	Signatures []struct {
		named
		Point         string   `json:"point"`
		Domain        string   `json:"domain"`
		Lines         []string `json:"lines"`
		Signature     string   `json:"signature"`
		Valid         bool     `json:"valid"`
		Deterministic bool     `json:"deterministic"`
	} `json:"signatures"`
	PrivateKeys map[string]string `json:"private_keys"`
}

func readCorpus(t *testing.T) corpus {
	t.Helper()
	text, err := os.ReadFile("../../vectors/statement.json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a vector that nobody reads tests nothing
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (want canonical) check(t *testing.T, got Statement, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if string(got.Bytes()) != want.Text {
		t.Errorf("text: got %q, want %q", got.Bytes(), want.Text)
	}
	digest := got.Digest()
	if EncodeBytes(digest[:]) != want.Digest {
		t.Errorf("digest: got %s, want %s", EncodeBytes(digest[:]), want.Digest)
	}
}

func checkRefused(t *testing.T, got Statement, err error) {
	t.Helper()
	if !errors.Is(err, countersign.ErrMalformed) {
		t.Errorf("got %q and %v, want ErrMalformed", got.Bytes(), err)
	}
	if got != (Statement{}) {
		t.Errorf("got %q beside an error, want nothing", got.Bytes())
	}
}

func TestStatementsHaveTheTextAndDigestOfTheVectors(t *testing.T) {
	c := readCorpus(t)
	for _, v := range c.Statements {
		t.Run(v.Name, func(t *testing.T) {
			got, err := New(v.Domain, v.Lines...)
			v.check(t, got, err)
		})
	}
	for _, v := range c.Approvals {
		t.Run("approval/"+v.Name, func(t *testing.T) {
			got, err := v.approval().Statement()
			v.check(t, got, err)
		})
	}
	for _, v := range c.Enrols {
		t.Run("enrol/"+v.Name, func(t *testing.T) {
			got, err := v.enrol(t).Statement()
			v.check(t, got, err)
		})
	}
	for _, v := range c.Calls {
		t.Run("call/"+v.Name, func(t *testing.T) {
			got, err := Call{v.Issuer, v.Method, v.Path, []byte(v.Body), v.Device, v.Time}.Statement()
			v.check(t, got, err)
		})
	}
}

func TestStatementsRefuseWhatTheVectorsRefuse(t *testing.T) {
	c := readCorpus(t)
	for _, v := range c.Refused {
		t.Run(v.Name, func(t *testing.T) {
			got, err := New(v.Domain, v.Lines...)
			checkRefused(t, got, err)
		})
	}
	for _, v := range c.ApprovalsRefused {
		t.Run("approval/"+v.Name, func(t *testing.T) {
			got, err := v.approval().Statement()
			checkRefused(t, got, err)
		})
	}
	for _, v := range c.EnrolsRefused {
		t.Run("enrol/"+v.Name, func(t *testing.T) {
			got, err := v.enrol(t).Statement()
			checkRefused(t, got, err)
		})
	}
}

func TestSafetyCodesAreThoseOfTheVectors(t *testing.T) {
	for _, v := range readCorpus(t).Safety {
		t.Run(v.Name, func(t *testing.T) {
			got, err := SafetyCode(v.Issuer, v.Account, v.Code, v.Thumbprint, v.PasskeyHash, v.Nonce)
			if err != nil || got != v.SafetyCode {
				t.Errorf("got %q and %v, want %q", got, err, v.SafetyCode)
			}
		})
	}
}

func TestPointsOffTheCurveAndOtherSpellingsAreRefused(t *testing.T) {
	for _, v := range readCorpus(t).Points {
		t.Run(v.Name, func(t *testing.T) {
			point, err := ParsePoint(v.Wire)
			if !v.Valid {
				if !errors.Is(err, countersign.ErrMalformed) {
					t.Errorf("got %v, want ErrMalformed", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := EncodePoint(point); got != v.Wire {
				t.Errorf("spelled again: got %s, want %s", got, v.Wire)
			}
			if got := Thumbprint(point); got != v.Thumbprint {
				t.Errorf("thumbprint: got %s, want %s", got, v.Thumbprint)
			}
		})
	}
}

func TestSignaturesVerifyAsTheVectorsSay(t *testing.T) {
	c := readCorpus(t)
	for _, v := range c.Signatures {
		t.Run(v.Name, func(t *testing.T) {
			point, err := ParseBytes(v.Point)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := ParseBytes(v.Signature)
			if err != nil {
				t.Fatal(err)
			}
			s, err := New(v.Domain, v.Lines...)
			if err != nil {
				t.Fatal(err)
			}
			err = Verify(point, s, signature)
			if v.Valid && err != nil {
				t.Errorf("got %v, want valid", err)
			}
			if !v.Valid && !errors.Is(err, countersign.ErrSignature) {
				t.Errorf("got %v, want ErrSignature", err)
			}
			if !v.Deterministic {
				return
			}
			d, err := ParseBytes(c.PrivateKeys[v.Point])
			if err != nil {
				t.Fatal(err)
			}
			key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Sign(key, s)
			if err != nil || !bytes.Equal(got, signature) {
				t.Errorf("signing: got %x and %v, want %x", got, err, signature)
			}
		})
	}
}

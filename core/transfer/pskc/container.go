package pskc

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/countersign-id/countersign/core/transfer/foreign"
)

const namespace = "urn:ietf:params:xml:ns:keyprov:pskc"

// container is RFC 6030's KeyContainer, as far as it matters. Elements that may
// stand once are slices, so that a second one is seen and refused.
type container struct {
	XMLName       xml.Name        `xml:"KeyContainer"`
	Version       string          `xml:"Version,attr"`
	EncryptionKey []encryptionKey `xml:"EncryptionKey"`
	MACMethod     []macMethod     `xml:"MACMethod"`
	Packages      []keyPackage    `xml:"KeyPackage"`
	Signature     []struct{}      `xml:"Signature"`
}

type encryptionKey struct {
	KeyName []string     `xml:"KeyName"`
	Derived []derivedKey `xml:"DerivedKey"`
	X509    []struct{}   `xml:"X509Data"`
}

type derivedKey struct {
	Method []struct {
		Algorithm string `xml:"Algorithm,attr"`
		Params    []struct {
			Salt       []string `xml:"Salt>Specified"`
			Iterations int      `xml:"IterationCount"`
			KeyLength  int      `xml:"KeyLength"`
			PRF        []struct {
				Algorithm string `xml:"Algorithm,attr"`
			} `xml:"PRF"`
		} `xml:"PBKDF2-params"`
	} `xml:"KeyDerivationMethod"`
}

type macMethod struct {
	Algorithm string      `xml:"Algorithm,attr"`
	Key       []encrypted `xml:"MACKey"`
}

type encrypted struct {
	Method []struct {
		Algorithm string `xml:"Algorithm,attr"`
	} `xml:"EncryptionMethod"`
	Value []string `xml:"CipherData>CipherValue"`
}

type keyPackage struct {
	Device []struct {
		Manufacturer string `xml:"Manufacturer"`
		Serial       string `xml:"SerialNo"`
		Model        string `xml:"Model"`
		UserID       string `xml:"UserId"`
	} `xml:"DeviceInfo"`
	Keys []key `xml:"Key"`
}

type key struct {
	ID           string `xml:"Id,attr"`
	Algorithm    string `xml:"Algorithm,attr"`
	Issuer       string `xml:"Issuer"`
	FriendlyName string `xml:"FriendlyName"`
	UserID       string `xml:"UserId"`
	Parameters   []struct {
		Suite     string     `xml:"Suite"`
		Challenge []struct{} `xml:"ChallengeFormat"`
		Response  []struct {
			Length      int    `xml:"Length,attr"`
			Encoding    string `xml:"Encoding,attr"`
			CheckDigits bool   `xml:"CheckDigits,attr"`
		} `xml:"ResponseFormat"`
	} `xml:"AlgorithmParameters"`
	Secret   []value `xml:"Data>Secret"`
	Counter  []value `xml:"Data>Counter"`
	Interval []value `xml:"Data>TimeInterval"`
}

type value struct {
	Plain     *string     `xml:"PlainValue"`
	Encrypted []encrypted `xml:"EncryptedValue"`
	MAC       string      `xml:"ValueMAC"`
}

// What a container may hold; an organisation buys thousands of devices.
const (
	maxBytes = 32 << 20
	maxDepth = 32
	maxKeys  = 100_000
)

func parse(b []byte) (container, error) {
	if len(b) > maxBytes {
		return container{}, foreign.TooLarge("it is larger than 32 MB")
	}
	if err := scan(b); err != nil {
		return container{}, err
	}
	var c container
	if err := xml.Unmarshal(b, &c); err != nil {
		return c, foreign.Damaged("its XML breaks off or is not well-formed", err)
	}
	if c.XMLName.Space != namespace || c.Version != "1.0" && c.Version != "1" {
		return c, foreign.Unsupported("pskc-version", "This key container has a version that is not known here.",
			"Ask the maker for a container as RFC 6030 describes it, version 1.0.")
	}
	if len(c.EncryptionKey) > 1 || len(c.MACMethod) > 1 {
		return c, foreign.Damaged("one of its parts is written twice", nil)
	}
	return c, nil
}

// scan bounds depth and count before the decoder builds anything.
func scan(b []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(b))
	depth, keys := 0, 0
	for {
		t, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return foreign.Damaged("its XML breaks off or is not well-formed", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "Key" {
				keys++
			}
			if depth++; depth > maxDepth || keys > maxKeys {
				return foreign.TooLarge("it has more keys or levels than any key container")
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			// A document type may define entities; a container has none.
			return foreign.Damaged("it has a document type, which key containers do not have", nil)
		}
	}
}

// unbase64 reads base64 as XML writes it, with white space anywhere.
func unbase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

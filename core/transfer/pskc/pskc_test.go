package pskc

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const (
	preshared  = "12345678901234567890123456789012" // RFC 6030 section 6.1
	passphrase = "qwerty"                           // section 6.2
)

func TestExamplesOfRFC6030(t *testing.T) {
	for _, test := range []struct{ file, password, want string }{
		{"figure6.xml", preshared, "Issuer|987654321 hotp SHA1/8/0 counter=0"},
		{"figure7.xml", passphrase, "Example-Issuer|987654321 hotp SHA1/8/0 counter=0"},
	} {
		t.Run(test.file, func(t *testing.T) {
			file := foreigntest.File(t, test.file)
			foreigntest.Want(t, foreigntest.Read(t, Format(), file, test.password), []string{test.want}, nil)
			if _, err := foreigntest.Try(t, Format(), file, ""); !errors.Is(err, foreign.ErrPasswordNeeded) {
				t.Errorf("no password: %v, want ErrPasswordNeeded", err)
			}
			other := strings.Repeat("0", len(test.password))
			if _, err := foreigntest.Try(t, Format(), file, other); !errors.Is(err, foreign.ErrWrongPassword) {
				t.Errorf("another password: %v, want ErrWrongPassword", err)
			}
			foreigntest.Truncations(t, Format(), file, test.password)
		})
	}
}

func TestPlainContainersAndKindsThatAreNotKnown(t *testing.T) {
	file := foreigntest.File(t, "plain.xml")
	foreigntest.Want(t, foreigntest.Read(t, Format(), file, ""), []string{"Issuer-A|1000133508267 totp SHA256/6/60"}, []string{"7: type-unknown"})
	got, err := Devices(context.Background(), file, countersign.Secret{})
	if err != nil || len(got.Kept) != 1 || got.Kept[0].Manufacturer != "oath.Example" || got.Kept[0].Holder != "UID=jsmith,DC=example,DC=net" {
		t.Errorf("got %+v, %v", got.Kept, err)
	}
}

func TestContainersThatCannotBeTrustedAreRefused(t *testing.T) {
	plain := foreigntest.File(t, "plain.xml")
	for _, test := range []struct {
		claim     string
		old, with string
		want      error
	}{
		{"a signature that is not checked", "</KeyContainer>", "<Signature/></KeyContainer>", foreign.ErrUnsupported},
		{"entities", "<KeyContainer", "<!DOCTYPE x [<!ENTITY a \"b\">]><KeyContainer", foreign.ErrDamaged},
		{"another version", `Version="1.0"`, `Version="2.0"`, foreign.ErrUnsupported},
		{"a bomb of levels", "<UserId>", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "<UserId>", foreign.ErrTooLarge},
	} {
		t.Run(test.claim, func(t *testing.T) {
			file := bytes.Replace(plain, []byte(test.old), []byte(test.with), 1)
			if _, err := foreigntest.Try(t, Format(), file, ""); !errors.Is(err, test.want) {
				t.Errorf("err = %v, want %v", err, test.want)
			}
		})
	}
}

func TestTwoSecretsAreRefusedByName(t *testing.T) {
	file := bytes.Replace(foreigntest.File(t, "plain.xml"), []byte("<Secret>"), []byte("<Secret><PlainValue>MTIz</PlainValue></Secret><Secret>"), 1)
	foreigntest.Want(t, foreigntest.Read(t, Format(), file, ""), nil, []string{"1000133508267: secret-missing", "7: type-unknown"})
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), passphrase) }

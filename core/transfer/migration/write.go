package migration

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/url"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// A QR code of more than this is hard to scan from a screen; Google puts at
// most ten accounts into one.
const (
	maxAccounts = 10
	maxBytes    = 800
)

const payloadVersion = 1

// Links writes the entries as one set of links, each for a QR code.
func Links(w *foreign.Writing, entries []countersign.Entry, entropy io.Reader) ([]string, error) {
	var batches [][]byte
	count := 0
	for _, e := range entries {
		if !w.Take(e, fits(e)) {
			continue
		}
		w.Lose(e, foreign.Carries{})
		account := appendBytes(nil, fieldAccount, writeAccount(e))
		if len(batches) == 0 || count == maxAccounts || len(batches[len(batches)-1])+len(account) > maxBytes {
			batches = append(batches, nil)
			count = 0
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], account...)
		count++
	}
	set, err := foreign.Draw(entropy, 4)
	if err != nil {
		return nil, err
	}
	links := make([]string, len(batches))
	for i, batch := range batches {
		batch = appendNumber(batch, fieldVersion, payloadVersion)
		batch = appendNumber(batch, fieldBatchSize, uint64(len(batches)))
		batch = appendNumber(batch, fieldBatchIndex, uint64(i))
		// A positive int32: a negative one takes ten bytes.
		batch = appendNumber(batch, fieldBatchID, uint64(binary.BigEndian.Uint32(set)>>1))
		links[i] = Scheme + "://offline?data=" + url.QueryEscape(base64.StdEncoding.EncodeToString(batch))
	}
	return links, nil
}

func fits(e countersign.Entry) error {
	switch {
	case e.Type != countersign.TOTP && e.Type != countersign.HOTP:
		return foreign.Refused("type-not-held", "Google Authenticator does not make this kind of code.")
	case e.Digits != 6 && e.Digits != 8:
		return foreign.Refused("digits-not-held", "Google Authenticator has codes of six or eight digits; these have %d.", e.Digits)
	case e.Type == countersign.TOTP && e.Period != 30:
		return foreign.Refused("period-not-held", "Google Authenticator has codes that change every 30 seconds; these change every %d.", e.Period)
	}
	return nil
}

func writeAccount(e countersign.Entry) []byte {
	issuer, label := strings.Trim(e.Issuer, " "), strings.Trim(e.Label, " ")
	name := label
	if issuer != "" || strings.Contains(label, ":") {
		name = issuer + ":" + label // a colon of the label's own is not taken for the issuer's
	}
	b := appendBytes(nil, accountSecret, e.Secret.Reveal())
	b = appendBytes(b, accountName, []byte(name))
	if issuer != "" {
		b = appendBytes(b, accountIssuer, []byte(issuer))
	}
	algorithm, digits, kind := uint64(sha1), uint64(sixDigits), uint64(totp)
	switch e.Algorithm {
	case countersign.SHA256:
		algorithm = sha256
	case countersign.SHA512:
		algorithm = sha512
	}
	if e.Digits == 8 {
		digits = eightDigits
	}
	if e.Type == countersign.HOTP {
		kind = hotp
	}
	b = appendNumber(b, accountAlgorithm, algorithm)
	b = appendNumber(b, accountDigits, digits)
	b = appendNumber(b, accountType, kind)
	if e.Type == countersign.HOTP {
		b = appendNumber(b, accountCounter, e.Counter)
	}
	return b
}

func appendNumber(b []byte, number, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, number<<3|wireVarint), value)
}

func appendBytes(b []byte, number uint64, value []byte) []byte {
	b = binary.AppendUvarint(binary.AppendUvarint(b, number<<3|wireBytes), uint64(len(value)))
	return append(b, value...)
}

package migration

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Scheme begins the links.
const Scheme = "otpauth-migration"

// The fields of the payload and of an account in it, by number.
const (
	fieldAccount    = 1
	fieldVersion    = 2
	fieldBatchSize  = 3
	fieldBatchIndex = 4
	fieldBatchID    = 5

	accountSecret    = 1
	accountName      = 2
	accountIssuer    = 3
	accountAlgorithm = 4
	accountDigits    = 5
	accountType      = 6
	accountCounter   = 7
)

// The values of the enumerations; zero is "unspecified", which Google
// Authenticator treats as the first of each but the type.
const (
	sha1, sha256, sha512, md5 = 1, 2, 3, 4
	sixDigits, eightDigits    = 1, 2
	hotp, totp                = 1, 2
)

type payload struct {
	accounts         [][]byte
	size, index, set uint64
}

// Batches gathers the links of a file and tells which are missing.
type Batches struct {
	sizes map[uint64]uint64
	seen  map[[2]uint64]bool
}

// Read takes the accounts of one link into the reading. Its error is about the
// link as a whole.
func (b *Batches) Read(reading *foreign.Reading, text string) error {
	raw, err := decode(text)
	if err != nil {
		return err
	}
	p, err := parse(raw)
	if err != nil {
		return err
	}
	if b.sizes == nil {
		b.sizes, b.seen = map[uint64]uint64{}, map[[2]uint64]bool{}
	}
	if b.seen[[2]uint64{p.set, p.index}] && p.size > 1 {
		return nil // the same QR code, scanned twice
	}
	b.sizes[p.set] = max(b.sizes[p.set], p.size)
	b.seen[[2]uint64{p.set, p.index}] = true
	for _, account := range p.accounts {
		reading.Keep(parseAccount(account))
	}
	return nil
}

// RefuseMissing names each link of a set that was not there.
func (b *Batches) RefuseMissing(reading *foreign.Reading) {
	for _, set := range slices.Sorted(maps.Keys(b.sizes)) {
		size := b.sizes[set]
		for index := range size {
			if !b.seen[[2]uint64{set, index}] {
				reading.Refuse(fmt.Sprintf("QR code %d of %d", index+1, size),
					foreign.Refused("batch-missing", "The accounts in this QR code are not in the file. Scan or add it too."))
			}
		}
	}
}

// decode finds the bytes in the link. The base64 may be escaped or not, and
// with or without its padding.
func decode(text string) ([]byte, error) {
	_, query, found := strings.Cut(text, "?")
	if !found {
		return nil, broken()
	}
	// A + that was not escaped is base64's own, not a space.
	values, err := url.ParseQuery(strings.ReplaceAll(query, "+", "%2B"))
	if err != nil || len(values["data"]) != 1 {
		return nil, broken()
	}
	encoded := strings.NewReplacer("-", "+", "_", "/").Replace(values["data"][0])
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, broken()
	}
	return raw, nil
}

func broken() error { return foreign.Damaged("its text breaks off or has changed", nil) }

// maxBatch bounds the sets that a link may speak of; Google puts ten accounts
// into a link.
const maxBatch = 1000

func parse(raw []byte) (payload, error) {
	var p payload
	err := fields(raw, func(f field) error {
		switch f.number {
		case fieldAccount:
			p.accounts = append(p.accounts, f.bytes)
		case fieldBatchSize:
			p.size = f.value
		case fieldBatchIndex:
			p.index = f.value
		case fieldBatchID:
			p.set = f.value
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	if p.size > maxBatch || p.index > maxBatch || p.size > 0 && p.index >= p.size {
		return p, broken()
	}
	if len(p.accounts) == 0 {
		return p, broken()
	}
	return p, nil
}

func parseAccount(raw []byte) (countersign.Entry, error) {
	e := countersign.Entry{Type: countersign.TOTP, Algorithm: countersign.SHA1, Digits: 6, Period: 30}
	var name, issuer string
	kind := uint64(totp)
	var unreadable error
	err := fields(raw, func(f field) error {
		switch f.number {
		case accountSecret:
			e.Secret = countersign.NewSecret(append([]byte(nil), f.bytes...))
		case accountName:
			name = string(f.bytes)
		case accountIssuer:
			issuer = string(f.bytes)
		case accountAlgorithm:
			switch f.value {
			case 0, sha1:
			case sha256:
				e.Algorithm = countersign.SHA256
			case sha512:
				e.Algorithm = countersign.SHA512
			case md5:
				e.Algorithm = countersign.MD5
			default:
				unreadable = foreign.Refused("algorithm-unknown", "It uses a hash that is not known here (number %d).", f.value)
			}
		case accountDigits:
			switch f.value {
			case 0, sixDigits:
			case eightDigits:
				e.Digits = 8
			default:
				unreadable = foreign.Refused("digits-out-of-range", "It has a number of digits that is not known here.")
			}
		case accountType:
			kind = f.value
		case accountCounter:
			e.Counter = f.value
		}
		return nil
	})
	e.Issuer, e.Label = names(issuer, name)
	if err != nil {
		return e, foreign.Refused("entry-unreadable", "This entry is not written as its format says.")
	}
	switch kind {
	case totp:
		e.Counter = 0
	case hotp:
		e.Type, e.Period = countersign.HOTP, 0
	default:
		unreadable = foreign.Refused("type-unknown", "It makes codes in a way that is not known here (number %d).", kind)
	}
	return e, unreadable
}

// names takes the issuer off the name, where Google Authenticator repeats it.
func names(issuer, name string) (string, string) {
	issuer, name = strings.Trim(issuer, " "), strings.Trim(name, " ")
	if issuer == "" {
		before, after, found := strings.Cut(name, ":")
		if !found {
			return "", name
		}
		return strings.Trim(before, " "), strings.Trim(after, " ")
	}
	if after, found := strings.CutPrefix(name, issuer+":"); found {
		return issuer, strings.Trim(after, " ")
	}
	return issuer, name
}

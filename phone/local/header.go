package local

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	countersign "github.com/countersign-id/countersign"
	"golang.org/x/crypto/argon2"
)

const (
	fileFormat  = "countersign/vault-file"
	fileVersion = 1
	maxHeader   = 1 << 10
)

// Lock says what opens a vault.
type Lock string

// The locks of a vault.
const (
	ByKeyFile    Lock = "file"
	ByPassphrase Lock = "passphrase"
)

// Cost is what one try at a passphrase costs (RFC 9106 §4).
type Cost struct {
	Memory uint32 `json:"memory"` // KiB
	Passes uint32 `json:"passes"`
	Lanes  uint8  `json:"lanes"`
}

// DefaultCost is RFC 9106's second recommendation: 64 MiB, so that the vault
// also opens on a small machine.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Lanes: 4}

// Limits on what a header may ask of us before anything in it is
// authenticated: a damaged or planted file must not take the machine down.
const (
	minMemory, maxMemory = 8 << 10, 1 << 20 // KiB: 8 MiB to 1 GiB
	minPasses, maxPasses = 1, 16
	minLanes, maxLanes   = 1, 16
	saltLength           = 16 // RFC 9106 §3.1
	checkLength          = 8
)

func (c Cost) check() error {
	if c.Memory < minMemory || c.Memory > maxMemory || c.Passes < minPasses || c.Passes > maxPasses ||
		c.Lanes < minLanes || c.Lanes > maxLanes {
		return fmt.Errorf("%w: cost of the passphrase", ErrDamaged)
	}
	return nil
}

// header is the first line of the file.
type header struct {
	argon2id *argon2Header // with ByPassphrase alone
	check    [checkLength]byte
	entries  int
	key      Lock
}

type argon2Header struct {
	Cost
	salt []byte
}

// line is the canonical spelling of h, without the LF.
func (h *header) line() []byte {
	var out []byte
	out = append(out, '{')
	if a := h.argon2id; a != nil {
		out = fmt.Appendf(out, `"argon2id":{"lanes":%d,"memory":%d,"passes":%d,"salt":"%s"},`,
			a.Lanes, a.Memory, a.Passes, base64.RawURLEncoding.EncodeToString(a.salt))
	}
	return fmt.Appendf(out, `"check":"%s","entries":%d,"format":"%s","key":"%s","version":%d}`,
		base64.RawURLEncoding.EncodeToString(h.check[:]), h.entries, fileFormat, h.key, fileVersion)
}

// parseHeader reads the first line. What it accepts has exactly this spelling.
func parseHeader(line []byte) (*header, error) {
	// The version first and leniently, so that a newer file is called newer.
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if json.Unmarshal(line, &head) != nil || head.Format != fileFormat || head.Version < 1 {
		return nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	if head.Version > fileVersion {
		return nil, fmt.Errorf("%w: version %d, this build knows %d", ErrNewer, head.Version, fileVersion)
	}
	var wire struct {
		Argon2id *struct {
			Cost
			Salt string `json:"salt"`
		} `json:"argon2id"`
		Check   string `json:"check"`
		Entries int    `json:"entries"`
		Format  string `json:"format"`
		Key     Lock   `json:"key"`
		Version int    `json:"version"`
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&wire) != nil || wire.Entries < 0 {
		return nil, fmt.Errorf("%w: header", ErrDamaged)
	}
	h := &header{entries: wire.Entries, key: wire.Key}
	check, err := base64.RawURLEncoding.DecodeString(wire.Check)
	if err != nil || len(check) != checkLength {
		return nil, fmt.Errorf("%w: header", ErrDamaged)
	}
	copy(h.check[:], check)
	switch {
	case wire.Key == ByKeyFile && wire.Argon2id == nil:
	case wire.Key == ByPassphrase && wire.Argon2id != nil:
		salt, err := base64.RawURLEncoding.DecodeString(wire.Argon2id.Salt)
		if err != nil || len(salt) != saltLength {
			return nil, fmt.Errorf("%w: salt", ErrDamaged)
		}
		if err := wire.Argon2id.Cost.check(); err != nil {
			return nil, err
		}
		h.argon2id = &argon2Header{Cost: wire.Argon2id.Cost, salt: salt}
	default:
		return nil, fmt.Errorf("%w: header", ErrDamaged)
	}
	if !bytes.Equal(h.line(), line) {
		return nil, fmt.Errorf("%w: header", ErrDamaged)
	}
	return h, nil
}

// checkOf is what tells another key from a damaged file, which one
// authenticated cipher cannot. It gives a guesser nothing that the sealed
// content does not: each guess costs the same Argon2id.
func checkOf(key countersign.Secret) (check [checkLength]byte) {
	mac := hmac.New(sha256.New, key.Reveal())
	mac.Write([]byte("countersign/vault-check/v1"))
	copy(check[:], mac.Sum(nil))
	return check
}

// stretch turns a passphrase into the vault's key.
func (a *argon2Header) stretch(passphrase countersign.Secret) countersign.Secret {
	return countersign.NewSecret(argon2.IDKey(passphrase.Reveal(), a.salt, a.Passes, a.Memory, a.Lanes, keyLength))
}

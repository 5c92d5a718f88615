package keepass

import (
	"context"
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"math"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/argon2d"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// The key derivations, by their UUIDs.
const (
	kdfAES      = "\xc9\xd9\xf3\x9a\x62\x8a\x44\x60\xbf\x74\x0d\x08\xc1\x8a\x4f\xea"
	kdfArgon2d  = "\xef\x63\x6d\xdf\x8c\x29\x44\x4b\x91\xf7\xa9\xa4\x03\xe3\x0a\x0c"
	kdfArgon2id = "\x9e\x29\x8b\x19\x56\xdb\x47\x73\xb2\x3d\xfc\x3e\xc6\xf0\xa1\xe6"

	argonVersion = 0x13

	// maxAESRounds is about four seconds; KeePass suggests one second's worth.
	maxAESRounds  = 100_000_000
	roundsPerLook = 1 << 20 // between looks at the context
)

// keys are what a password and the header give: the key of the contents, and
// the base of the keys of all checksums.
type keys struct {
	contents [32]byte
	mac      [64]byte
}

func unlock(ctx context.Context, h header, password countersign.Secret) (keys, error) {
	// The composite key of a database with a password alone.
	once := sha256.Sum256(password.Reveal())
	composite := sha256.Sum256(once[:])
	transformed, err := transform(ctx, h.kdf, composite)
	if err != nil {
		return keys{}, err
	}
	var k keys
	k.contents = sha256.Sum256(join(h.seed, transformed))
	k.mac = sha512.Sum512(join(h.seed, transformed, []byte{1}))
	return k, nil
}

// blockKey is the checksum key of a block; the header's number is the highest.
func (k keys) blockKey(number uint64) []byte {
	key := sha512.Sum512(join(binary.LittleEndian.AppendUint64(nil, number), k.mac[:]))
	return key[:]
}

// checkHeader tells damage from a wrong password: the plain checksum needs no
// key, the second one does.
func (k keys) checkHeader(h header, sums []byte) error {
	mac := hmac.New(sha256.New, k.blockKey(math.MaxUint64))
	mac.Write(h.raw)
	if !hmac.Equal(mac.Sum(nil), sums[32:]) {
		return foreign.WrongKey("Enter the database's password. If it also needs a key file, save a copy without one in KeePass and choose that.")
	}
	return nil
}

func transform(ctx context.Context, kdf dictionary, composite [32]byte) ([]byte, error) {
	salt := kdf["S"]
	switch {
	case kdf.is("$UUID", kdfAES):
		return transformAES(ctx, salt, kdf.uint("R"), composite)
	case kdf.is("$UUID", kdfArgon2d), kdf.is("$UUID", kdfArgon2id):
	default:
		return nil, foreign.Unsupported("keepass-derivation", "This KeePass database is locked in a way that is not known here.",
			"In KeePass, choose File, Database Settings, Security, set the key derivation to Argon2id or AES-KDF, and save.")
	}
	if kdf.uint("V") != argonVersion {
		return nil, foreign.Unsupported("keepass-derivation", "This KeePass database is locked with an old kind of Argon2.",
			"In KeePass, choose File, Database Settings, Security, and save again.")
	}
	passes, memory, lanes := kdf.uint("I"), kdf.uint("M")/1024, kdf.uint("P")
	if err := foreign.Argon2Cost(passes, memory, lanes); err != nil {
		return nil, err
	}
	if len(salt) == 0 {
		return nil, broken("has no salt")
	}
	if kdf.is("$UUID", kdfArgon2id) {
		return foreign.Argon2id(ctx, countersign.NewSecret(composite[:]), salt, passes, memory, lanes, 32)
	}
	return argon2d.Key(ctx, composite[:], salt, kdf["K"], kdf["A"], uint32(passes), uint32(memory), uint32(lanes), 32)
}

// transformAES encrypts both halves of the key over and over.
func transformAES(ctx context.Context, seed []byte, rounds uint64, composite [32]byte) ([]byte, error) {
	if rounds > maxAESRounds {
		return nil, foreign.TooLarge("its password was stretched over more rounds than any application uses")
	}
	if len(seed) != 32 {
		return nil, broken("has no whole salt")
	}
	cipher, err := aes.NewCipher(seed)
	if err != nil {
		return nil, broken("has no whole salt")
	}
	for done := uint64(0); done < rounds; done++ {
		if done%roundsPerLook == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		cipher.Encrypt(composite[:16], composite[:16])
		cipher.Encrypt(composite[16:], composite[16:])
	}
	sum := sha256.Sum256(composite[:])
	return sum[:], nil
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

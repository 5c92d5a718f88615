package countersign

import "time"

// EntryType says how an entry makes its codes.
type EntryType string

// The kinds of code generation, by the names that exports and the terminal use.
const (
	TOTP   EntryType = "totp"   // RFC 6238
	HOTP   EntryType = "hotp"   // RFC 4226
	Steam  EntryType = "steam"  // Steam Guard: five letters of its own alphabet, SHA-1, 30 s
	MOTP   EntryType = "motp"   // Mobile-OTP: MD5 over time, secret and PIN, 10 s
	Yandex EntryType = "yandex" // Yandex.Key: eight letters, PIN, SHA-256, 30 s
)

// Algorithm names the hash of an entry, as otpauth links spell it.
type Algorithm string

// The hashes an entry may use. MD5 is for mOTP alone.
const (
	SHA1   Algorithm = "SHA1"
	SHA256 Algorithm = "SHA256"
	SHA512 Algorithm = "SHA512"
	MD5    Algorithm = "MD5"
)

// Entry is one account in the vault that generates codes. Its identity is ID,
// drawn at random: two entries with the same issuer and label are two entries
// (check A6; the reference system overwrites one with the other).
type Entry struct {
	ID        string
	Type      EntryType
	Issuer    string
	Label     string // the account's name at the issuer
	Secret    Secret // raw key bytes, not base32
	Algorithm Algorithm
	Digits    int    // 5 to 10
	Period    int    // seconds, 1 to 300; 0 for HOTP
	Counter   uint64 // HOTP: the counter of the next code to show
	PIN       Secret // mOTP and Yandex only; empty means "ask"
	Note      string
	Tags      []string // groups and folders of foreign apps become tags
	Pinned    bool
	Icon      []byte // the person's own picture, as found; nil when none
	Created   time.Time
}

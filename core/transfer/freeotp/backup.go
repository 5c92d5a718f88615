package freeotp

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Backup is FreeOTP 2's externalBackup.xml.
func Backup() foreign.Format {
	return foreign.Format{Name: "freeotp", Title: "FreeOTP 2", Recognise: recogniseBackup, Read: readBackup}
}

const (
	masterName    = "masterKey"
	accountSuffix = "-token"
)

type masterKey struct {
	Algorithm  string     `json:"mAlgorithm"`
	Encrypted  wrappedKey `json:"mEncryptedKey"`
	Iterations int        `json:"mIterations"`
	Salt       []int8     `json:"mSalt"`
}

type wrappedKey struct {
	Cipher     string `json:"mCipher"`
	CipherText []int8 `json:"mCipherText"`
	Parameters []int8 `json:"mParameters"`
	Token      string `json:"mToken"`
}

// gcmParameters is RFC 5084's GCMParameters.
type gcmParameters struct {
	Nonce []byte
	Tag   int `asn1:"optional,default:12"`
}

func recogniseBackup(f *foreign.File) foreign.Sight {
	if strings.HasPrefix(string(f.Bytes[:min(len(f.Bytes), len(javaMap))]), javaMap) {
		return foreign.Locked
	}
	return foreign.Unseen
}

func readBackup(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	pairs, err := readJavaMap(f.Bytes)
	if err != nil {
		return foreign.Result{}, err
	}
	values := make(map[string]string, len(pairs))
	for _, p := range pairs {
		if _, twice := values[p.key]; twice {
			return foreign.Result{}, foreign.Damaged("one of its parts is written twice", nil)
		}
		values[p.key] = p.value
	}
	master, err := unlock(ctx, values[masterName], password)
	if err != nil {
		return foreign.Result{}, err
	}
	reading := foreign.NewReading("freeotp")
	for i, p := range pairs {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(pairs))
		if id, isAccount := strings.CutSuffix(p.key, accountSuffix); isAccount {
			keepLocked(reading, p.value, values[id], master)
			continue
		}
		// A secret whose account is gone: nothing authenticates the names of the
		// parts, and one changed letter would lose an account silently.
		if _, described := values[p.key+accountSuffix]; !described && p.key != masterName && isSecret(p.value) {
			reading.Refuse("", foreign.Refused("account-missing", "Its secret is in the file, and what it belongs to is not."))
		}
	}
	return reading.Result, nil
}

// isSecret reports whether a value is a wrapped secret.
func isSecret(text string) bool {
	var holder struct {
		Key string `json:"key"`
	}
	return foreign.JSON([]byte(text), &holder) == nil && holder.Key != ""
}

// unlock opens the master key with the password.
func unlock(ctx context.Context, text string, password countersign.Secret) ([]byte, error) {
	if text == "" {
		return nil, foreign.Damaged("its master key is missing", nil)
	}
	var master masterKey
	if err := foreign.JSON([]byte(text), &master); err != nil {
		return nil, err
	}
	var h func() hash.Hash
	switch master.Algorithm {
	case "PBKDF2withHmacSHA1":
		h = sha1.New
	case "PBKDF2withHmacSHA256":
		h = sha256.New
	case "PBKDF2withHmacSHA512":
		h = sha512.New
	default:
		return nil, foreign.Unsupported("freeotp-derivation", "This FreeOTP backup is locked in a way that is not known here.", "Show each account's QR code in FreeOTP and scan it.")
	}
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	key, err := foreign.PBKDF2(ctx, h, password, unsigned(master.Salt), master.Iterations, 32)
	if err != nil {
		return nil, err
	}
	return master.Encrypted.unwrap(key)
}

// unwrap opens a key; its kind is the additional text, so that one account's
// key cannot stand in for another kind.
func (w wrappedKey) unwrap(key []byte) ([]byte, error) {
	if w.Cipher != "AES/GCM/NoPadding" {
		return nil, foreign.Unsupported("freeotp-cipher", "This FreeOTP backup is locked in a way that is not known here.", "Show each account's QR code in FreeOTP and scan it.")
	}
	var parameters gcmParameters
	rest, err := asn1.Unmarshal(unsigned(w.Parameters), &parameters)
	if err != nil || len(rest) != 0 || parameters.Tag != 16 {
		return nil, foreign.Damaged("the settings of its lock cannot be read", err)
	}
	return foreign.OpenGCMKey(key, parameters.Nonce, unsigned(w.CipherText), []byte(w.Token))
}

func keepLocked(reading *foreign.Reading, accountText, keyText string, master []byte) {
	var a account
	err := foreign.JSON([]byte(accountText), &a)
	// FreeOTP 2 has moved the names that the person chose into their places;
	// what is left in these is older.
	a.IssuerAlt, a.LabelAlt = nil, nil
	issuer, label := a.names()
	name := foreign.DisplayName(issuer, label)
	if err != nil {
		reading.Refuse(name, err)
		return
	}
	var holder struct {
		Key string `json:"key"`
	}
	var wrapped wrappedKey
	if keyText == "" || foreign.JSON([]byte(keyText), &holder) != nil || foreign.JSON([]byte(holder.Key), &wrapped) != nil {
		reading.Refuse(name, foreign.Refused("secret-missing", "It has no secret, so it cannot make codes."))
		return
	}
	secret, err := wrapped.unwrap(master)
	if err != nil {
		// The master key opened, so the password was right and this key is damaged.
		reading.Refuse(name, foreign.Refused("secret-damaged", "Its secret is damaged."))
		return
	}
	kept, err := a.countersign(secret)
	reading.Keep(kept, err)
}

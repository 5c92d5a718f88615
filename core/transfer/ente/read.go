package ente

import (
	"context"
	"encoding/base64"
	"encoding/binary"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/linklist"
	"golang.org/x/crypto/chacha20"
	//lint:ignore SA1019 secretstream does not frame its parts as RFC 8439 does
	"golang.org/x/crypto/poly1305"
)

// Format is Ente Auth's locked export.
func Format() foreign.Format {
	return foreign.Format{Name: "ente", Title: "Ente Auth", Recognise: recognise, Read: read}
}

const version = 1

type file struct {
	Version int `json:"version"`
	KDF     struct {
		MemLimit uint64 `json:"memLimit"` // bytes
		OpsLimit uint64 `json:"opsLimit"`
		Salt     string `json:"salt"`
	} `json:"kdfParams"`
	Data  string `json:"encryptedData"`
	Nonce string `json:"encryptionNonce"`
}

func recognise(f *foreign.File) foreign.Sight {
	if f.HasKeys("version", "kdfParams", "encryptedData", "encryptionNonce") {
		return foreign.Locked
	}
	return foreign.Unseen
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	var export file
	if err := foreign.JSON(f.Bytes, &export); err != nil {
		return foreign.Result{}, err
	}
	if export.Version != version {
		return foreign.Result{}, foreign.Unsupported("ente-version", "This Ente Auth export has a version that is not known here.",
			"In Ente Auth, export as plain text, and delete the file after importing.")
	}
	salt, saltErr := base64.StdEncoding.DecodeString(export.KDF.Salt)
	sealed, dataErr := base64.StdEncoding.DecodeString(export.Data)
	header, nonceErr := base64.StdEncoding.DecodeString(export.Nonce)
	if saltErr != nil || dataErr != nil || nonceErr != nil || len(header) != headerSize || len(salt) == 0 {
		return foreign.Result{}, foreign.Damaged("its sealed part is not as it should be", nil)
	}
	if password.Len() == 0 {
		return foreign.Result{}, foreign.PasswordNeeded()
	}
	key, err := foreign.Argon2id(ctx, password, salt, export.KDF.OpsLimit, export.KDF.MemLimit/1024, 1, 32)
	if err != nil {
		return foreign.Result{}, err
	}
	plain, err := pull(key, header, sealed)
	if err != nil {
		return foreign.Result{}, err
	}
	return linklist.ReadLines(ctx, "ente", string(plain), progress)
}

const (
	headerSize = 24
	overhead   = 1 + poly1305.TagSize
	blockSize  = 64
)

// pull opens the one message of a secretstream. Its stream cipher is laid over
// the text also when it does not authenticate, to tell a wrong password from
// damage; see foreign.OpenGCM.
func pull(key, header, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead {
		return nil, foreign.Damaged("it breaks off", nil)
	}
	subkey, err := chacha20.HChaCha20(key, header[:16])
	if err != nil {
		return nil, foreign.Damaged("its sealed part is not as it should be", err)
	}
	// The inner nonce is a counter of four bytes, from one, and eight of the header.
	nonce := append([]byte{1, 0, 0, 0}, header[16:]...)
	stream, err := chacha20.NewUnauthenticatedCipher(subkey, nonce)
	if err != nil {
		return nil, foreign.Damaged("its sealed part is not as it should be", err)
	}
	var macKey [32]byte
	first := make([]byte, blockSize) // block 0 keys the checksum
	stream.XORKeyStream(first, first)
	copy(macKey[:], first)

	block := make([]byte, blockSize) // block 1 hides the tag, which the checksum covers sealed
	block[0] = sealed[0]
	stream.XORKeyStream(block, block)
	block[0] = sealed[0]
	text, sum := sealed[1:len(sealed)-poly1305.TagSize], sealed[len(sealed)-poly1305.TagSize:]

	covered := append(append([]byte(nil), block...), text...)
	// libsodium pads by (16 - 64 + length) mod 16, which is not the padding that
	// RFC 8439 would have; it is part of the format.
	covered = append(covered, make([]byte, (16-blockSize+len(text))&15)...)
	covered = binary.LittleEndian.AppendUint64(covered, 0)
	covered = binary.LittleEndian.AppendUint64(covered, uint64(blockSize+len(text)))

	plain := make([]byte, len(text))
	stream.XORKeyStream(plain, text)
	var tag [poly1305.TagSize]byte
	copy(tag[:], sum)
	if !poly1305.Verify(&tag, covered, &macKey) {
		return nil, foreign.WrongOrDamaged(plain)
	}
	return plain, nil
}

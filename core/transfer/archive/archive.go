package archive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"path"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Bounds on an archive of accounts.
const (
	maxFiles    = 10_000   // a password store with attachments
	maxUnpacked = 32 << 20 // of the one file that is read
)

const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3

	methodAES = 99
)

// File is a file in an archive.
type File struct {
	entry  *zip.File
	Name   string // without its folders
	Locked bool
}

// List is the files of an archive, or nothing if the bytes are none.
func List(b []byte) []File {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		return nil
	}
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(r.File) > maxFiles {
		return nil
	}
	files := make([]File, 0, len(r.File))
	for _, f := range r.File {
		files = append(files, File{entry: f, Name: path.Base(f.Name), Locked: f.Flags&flagEncrypted != 0})
	}
	return files
}

// Broken reports bytes that begin as an archive and have lost their directory,
// which stands at the end.
func Broken(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) && List(b) == nil
}

// Read gives a file's contents.
func (f File) Read(password countersign.Secret) ([]byte, error) {
	raw, err := f.raw()
	if err != nil {
		return nil, err
	}
	if !f.Locked {
		plain, err := unpack(f.entry.Method, raw)
		if err == nil && crc32.ChecksumIEEE(plain) != f.entry.CRC32 {
			return nil, foreign.Damaged("its checksum does not agree", nil)
		}
		return plain, err
	}
	if password.Len() == 0 {
		return nil, foreign.PasswordNeeded()
	}
	if f.entry.Method == methodAES {
		return f.readAES(raw, password)
	}
	return f.readTraditional(raw, password)
}

func (f File) raw() ([]byte, error) {
	if f.entry.UncompressedSize64 > maxUnpacked || f.entry.CompressedSize64 > foreign.MaxFile {
		return nil, foreign.TooLarge("it unpacks to more than 32 MB")
	}
	r, err := f.entry.OpenRaw()
	if err != nil {
		return nil, foreign.Damaged("its archive breaks off", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(f.entry.CompressedSize64)))
	if err != nil || uint64(len(raw)) != f.entry.CompressedSize64 {
		return nil, foreign.Damaged("its archive breaks off", err)
	}
	return raw, nil
}

// unpack inflates whatever size the directory claims: sizes lie.
func unpack(method uint16, raw []byte) ([]byte, error) {
	switch method {
	case zip.Store:
		return raw, nil
	case zip.Deflate:
	default:
		return nil, foreign.Unsupported("archive-method", "This archive is packed in a way that is not known here.",
			"Unpack it on a computer and choose the file inside.")
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxUnpacked+1))
	if len(plain) > maxUnpacked {
		return nil, foreign.TooLarge("it unpacks to more than 32 MB")
	}
	if err != nil {
		// What came out before the fault tells a wrong key from damage.
		return plain, foreign.Damaged("its archive breaks off or has changed", err)
	}
	return plain, nil
}

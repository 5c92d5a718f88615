package foreign

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// MaxFile bounds the file itself. The largest honest export is a password
// store with pictures; a code export of 500 accounts with icons is 25 MB.
const MaxFile = 64 << 20

// File is the bytes of an export with what a glance at them gave, so that
// twenty formats do not each parse them again. It is read-only after Open.
type File struct {
	Bytes []byte

	isJSON  bool
	jsonErr error
	object  map[string]json.RawMessage // top level, when the JSON is an object
	first   map[string]json.RawMessage // first element, when it is an array of objects
	array   bool
}

// Open looks at the bytes once. It fails only on size: bytes that are damaged
// as JSON may still be whole as something else.
func Open(b []byte) (*File, error) {
	if len(b) > MaxFile {
		return nil, TooLarge("it is larger than 64 MB")
	}
	f := &File{Bytes: b}
	text := bytes.TrimSpace(trimBOM(b))
	if len(text) == 0 || (text[0] != '{' && text[0] != '[') || !mostlyText(text) {
		return f, nil
	}
	f.isJSON = true
	if f.jsonErr = scanJSON(text); f.jsonErr != nil {
		return f, nil
	}
	if text[0] == '{' {
		f.jsonErr = JSON(text, &f.object)
		return f, nil
	}
	f.array = true
	var elements []json.RawMessage
	if f.jsonErr = JSON(text, &elements); f.jsonErr == nil && len(elements) > 0 {
		// An array of something other than objects simply has no first object.
		_ = json.Unmarshal(elements[0], &f.first)
	}
	return f, nil
}

// JSONError is why a file that begins as JSON could not be read as JSON, or nil.
func (f *File) JSONError() error { return f.jsonErr }

// IsJSON reports whether the file is whole, sound JSON.
func (f *File) IsJSON() bool { return f.isJSON && f.jsonErr == nil }

// IsArray reports whether the file is a JSON array.
func (f *File) IsArray() bool { return f.array && f.IsJSON() }

// HasKeys reports whether the file is a JSON object with all these keys.
func (f *File) HasKeys(keys ...string) bool { return f.IsJSON() && hasKeys(f.object, keys) }

// FirstHasKeys reports whether the file is a JSON array whose first element is
// an object with all these keys.
func (f *File) FirstHasKeys(keys ...string) bool { return f.IsArray() && hasKeys(f.first, keys) }

// Key is the raw JSON of a key of the top-level object, or nil.
func (f *File) Key(key string) json.RawMessage { return f.object[key] }

// Text is the file as text without a byte order mark, or false.
func (f *File) Text() (string, bool) {
	b := trimBOM(f.Bytes)
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return "", false
	}
	return string(b), true
}

func hasKeys(object map[string]json.RawMessage, keys []string) bool {
	if object == nil {
		return false
	}
	for _, key := range keys {
		if _, ok := object[key]; !ok {
			return false
		}
	}
	return true
}

func trimBOM(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) }

// marks begin files of kinds that say what they are.
var marks = []string{
	"PK\x03\x04", "PK\x05\x06", "\x1f\x8b", "SQLite format 3\x00", "%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF",
	"\xac\xed\x00\x05", "\x03\xd9\xa2\x9a", "AUTHENTICATORPRO", "AuthenticatorPro", "age-encryption.org/",
}

// Opaque reports whether the file is binary without any known mark: it may be
// one of the formats that begin with noise.
func (f *File) Opaque() bool {
	for _, mark := range marks {
		if bytes.HasPrefix(f.Bytes, []byte(mark)) {
			return false
		}
	}
	_, isText := f.Text()
	return !isText
}

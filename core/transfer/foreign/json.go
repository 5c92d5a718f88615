package foreign

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// What a JSON export may cost. A person with ten thousand logins stays far
// below; eleven million empty objects in 32 MB would become gigabytes.
const (
	maxJSON        = 32 << 20
	maxJSONDepth   = 64
	maxJSONObjects = 200_000
	maxJSONValues  = 4_000_000
)

// JSON reads one JSON value and nothing after it into v. Unknown keys are
// passed over, since other applications add them with every version; a key
// that stands twice is refused, since two readers may each take another one.
func JSON(raw []byte, v any) error {
	raw = trimBOM(raw)
	if err := scanJSON(raw); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return Damaged("its contents are not arranged as this format arranges them", err)
	}
	return nil
}

// Element reads one element that File or JSON has already scanned. Its error
// is about this entry alone.
func Element(raw json.RawMessage, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return Refused("entry-unreadable", "This entry is not written as its format says.")
	}
	return nil
}

// scanJSON holds the text to the limits and to keys that stand once.
func scanJSON(raw []byte) error {
	if len(raw) > maxJSON {
		return TooLarge("its text is larger than 32 MB")
	}
	if err := scanShape(raw); err != nil {
		return err
	}
	if !utf8.Valid(raw) {
		// encoding/json would put replacement characters in silently.
		return Damaged("its text is not valid UTF-8", nil)
	}
	if !json.Valid(raw) {
		return Damaged("its text breaks off or is not well-formed JSON", nil)
	}
	return scanKeys(raw)
}

// scanShape counts before anything recursive or allocating sees the text.
func scanShape(raw []byte) error {
	depth, objects, values := 0, 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
		case '{', '[':
			if raw[i] == '{' {
				objects++
			}
			if depth++; depth > maxJSONDepth {
				return TooLarge("its JSON is nested deeper than 64 levels")
			}
		case '}', ']':
			depth--
		case ',':
			values++
		}
	}
	if objects > maxJSONObjects || values > maxJSONValues {
		return TooLarge("its JSON has more parts than any export of accounts")
	}
	return nil
}

// scanKeys refuses a key that stands twice in one object. encoding/json
// matches keys without regard to case, so case does not tell them apart here.
func scanKeys(raw []byte) error {
	var keys []map[string]bool // one per open object; nil for an open array
	expectKey := false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{':
			keys = append(keys, map[string]bool{})
			expectKey = true
		case '[':
			keys = append(keys, nil)
			expectKey = false
		case '}', ']':
			keys = keys[:len(keys)-1]
			expectKey = false
		case ',':
			expectKey = len(keys) > 0 && keys[len(keys)-1] != nil
		case '"':
			end := stringEnd(raw, i)
			if expectKey {
				key := foldKey(raw[i : end+1])
				open := keys[len(keys)-1]
				if open[key] {
					return Damaged("one of its parts is written twice", nil)
				}
				open[key] = true
				expectKey = false
			}
			i = end
		}
	}
	return nil
}

func foldKey(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return strings.ToLower(string(quoted[1 : len(quoted)-1]))
	}
	var key string
	if json.Unmarshal(quoted, &key) != nil {
		return string(quoted)
	}
	return strings.ToLower(key)
}

// stringEnd is the place of the quote that closes the string opened at start,
// or the last byte when none does.
func stringEnd(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(raw) - 1
}

package foreign

import "bytes"

// OwnPicture is the picture if it is one that a person chose (PNG, JPEG, GIF
// or WebP), else nil. SVG drawings come from icon packs, not from the person,
// and may carry script into the page that shows them.
func OwnPicture(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")),
		bytes.HasPrefix(b, []byte("\xff\xd8\xff")),
		bytes.HasPrefix(b, []byte("GIF8")),
		len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return b
	}
	return nil
}

package foreign

import "bytes"

// pictures are the kinds that a person chooses, by how they begin.
var pictures = []struct{ mark, kind string }{
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF8", "image/gif"},
	{"RIFF", "image/webp"},
}

// PictureKind is the media type of a picture, or the one for any bytes.
func PictureKind(b []byte) string {
	for _, p := range pictures {
		if bytes.HasPrefix(b, []byte(p.mark)) && (p.mark != "RIFF" || len(b) > 12 && string(b[8:12]) == "WEBP") {
			return p.kind
		}
	}
	return unknownKind
}

const unknownKind = "application/octet-stream"

// OwnPicture is the picture if it is one that a person chose (PNG, JPEG, GIF
// or WebP), else nil. SVG drawings come from icon packs, not from the person,
// and may carry script into the page that shows them.
func OwnPicture(b []byte) []byte {
	if PictureKind(b) == unknownKind {
		return nil
	}
	return b
}

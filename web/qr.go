package web

import (
	"strconv"
	"strings"

	"rsc.io/qr"
)

// quiet is the light margin that a reader needs (ISO/IEC 18004 §9.1): four
// modules on each side.
const quiet = 4

// qrCode is a QR code as one SVG path, drawn by the server: no style and no
// script is needed, and none is allowed.
type qrCode struct {
	Size int // of the picture, in modules, with its margin
	Path string
}

func drawQR(text string) (*qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				path.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + strconv.Itoa(x-from) + "v1H" + strconv.Itoa(from+quiet) + "z")
			}
		}
	}
	return &qrCode{Size: code.Size + 2*quiet, Path: path.String()}, nil
}

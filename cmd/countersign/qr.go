package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/countersign-id/countersign/core/otpauth"
	"rsc.io/qr"
)

type qrCommand struct {
	Name string `arg:"" help:"Issuer, label, issuer:label, or the beginning of an id."`
	Link bool   `help:"Print the otpauth link instead of drawing it."`
}

func (k *qrCommand) Run(s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	i, err := s.pick(c, k.Name)
	if err != nil {
		return err
	}
	e := &c.Entries[i]
	link, err := otpauth.Marshal(*e)
	if err != nil {
		var refusal *otpauth.Refusal
		if errors.As(err, &refusal) {
			return &failure{exit: exitFailed, code: string(refusal.Code), said: fmt.Sprintf("%s cannot be said in a link. %s", nameOf(e), refusal.Sentence()), cause: err}
		}
		return err
	}
	if s.JSON || k.Link {
		return s.say(link, map[string]string{"id": e.ID, "link": link})
	}
	drawn, err := draw(link, s.colours())
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "Whoever scans this has the codes of %s.\n", nameOf(e))
	_, err = fmt.Fprint(s.stdout, drawn)
	return err
}

// quietZone is the light border without which cameras do not find a code: ISO/IEC
// 18004 asks for four modules; two are enough on a screen and fit 80 columns.
const quietZone = 2

// draw draws a QR code with two modules to a character. With colours it is
// black on white whatever the terminal's own are; without, light modules are
// drawn and dark ones left out, which is right on a dark terminal and on paper
// is read by most cameras all the same.
func draw(text string, colours bool) (string, error) {
	code, err := qr.Encode(text, qr.L) // the least redundancy: the smallest picture, on a screen that does not tear
	if err != nil {
		return "", err
	}
	light := func(x, y int) bool { return !code.Black(x, y) } // outside the code nothing is black
	var b strings.Builder
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		if colours {
			b.WriteString("\x1b[38;2;255;255;255;48;2;0;0;0m")
		}
		for x := -quietZone; x < code.Size+quietZone; x++ {
			upper, lower := light(x, y), light(x, y+1) && y+1 < code.Size+quietZone
			switch {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		if colours {
			b.WriteString("\x1b[0m")
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// colours reports whether standard output shows them (no-color.org).
func (s *session) colours() bool {
	return s.screen && s.environ("NO_COLOR") == "" && s.environ("TERM") != "dumb"
}

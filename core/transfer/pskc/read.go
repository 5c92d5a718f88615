package pskc

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the key container.
func Format() foreign.Format {
	return foreign.Format{Name: "pskc", Title: "PSKC (RFC 6030)", Recognise: recognise, Read: read}
}

func recognise(f *foreign.File) foreign.Sight {
	head := f.Bytes[:min(len(f.Bytes), 4096)]
	if !bytes.Contains(head, []byte("KeyContainer")) || !bytes.Contains(head, []byte(namespace)) {
		return foreign.Unseen
	}
	if bytes.Contains(f.Bytes, []byte("EncryptedValue")) {
		return foreign.Locked
	}
	return foreign.Plain
}

func read(ctx context.Context, f *foreign.File, password countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	devices, err := Devices(ctx, f.Bytes, password)
	if err != nil {
		return foreign.Result{}, err
	}
	progress(1, 1)
	return devices.Result("pskc"), nil
}

// Devices reads a container as its buyer needs it, with serial numbers.
func Devices(ctx context.Context, file []byte, password countersign.Secret) (foreign.Hardwares, error) {
	c, err := parse(file)
	if err != nil {
		return foreign.Hardwares{}, err
	}
	if len(c.Signature) > 0 {
		// Reading it without the check would look like the check was made.
		return foreign.Hardwares{}, foreign.Unsupported("pskc-signed", "This key container is signed, and its signature cannot be checked here.",
			"Check the signature with the maker's program and choose the container without it.")
	}
	var l *lock
	if c.locked() {
		if l, err = c.unlock(ctx, password); err != nil {
			return foreign.Hardwares{}, err
		}
	}
	var devices foreign.Hardwares
	for _, p := range c.Packages {
		for _, k := range p.Keys {
			if err := ctx.Err(); err != nil {
				return foreign.Hardwares{}, err
			}
			devices.Keep(k.device(p, l))
		}
	}
	if l != nil && l.opened == 0 && l.failed > 0 {
		return foreign.Hardwares{}, foreign.WrongPassword()
	}
	return devices, nil
}

func (k key) device(p keyPackage, l *lock) (foreign.Hardware, error) {
	d := foreign.Hardware{Serial: k.ID, Holder: k.UserID}
	if len(p.Device) == 1 {
		d.Manufacturer, d.Model = strings.TrimSpace(p.Device[0].Manufacturer), strings.TrimSpace(p.Device[0].Model)
		if serial := strings.TrimSpace(p.Device[0].Serial); serial != "" {
			d.Serial = serial
		}
		if d.Holder == "" {
			d.Holder = p.Device[0].UserID
		}
	}
	e, err := k.entry(l)
	e.Issuer, e.Label = strings.TrimSpace(k.Issuer), d.Serial
	if name := strings.TrimSpace(k.FriendlyName); name != "" {
		e.Note = name
	}
	d.Entry = e
	return d, err
}

func (k key) entry(l *lock) (countersign.Entry, error) {
	e := countersign.Entry{Algorithm: countersign.SHA1, Digits: 6}
	switch name := k.Algorithm[strings.LastIndexAny(k.Algorithm, ":#")+1:]; strings.ToLower(name) {
	case "hotp":
		e.Type = countersign.HOTP
	case "totp":
		e.Type, e.Period = countersign.TOTP, 30
	default:
		return e, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", name)
	}
	if err := k.parameters(&e); err != nil {
		return e, err
	}
	secret, err := k.secret(l)
	if err != nil {
		return e, err
	}
	e.Secret = countersign.NewSecret(secret)
	if e.Type == countersign.HOTP {
		counter, err := number(k.Counter, 0)
		e.Counter = counter
		return e, err
	}
	interval, err := number(k.Interval, 30)
	if err != nil {
		return e, err
	}
	if interval > 1<<16 {
		return e, foreign.Refused("period-out-of-range", "Its codes change every %d seconds; 1 to 300 are possible.", interval)
	}
	e.Period = int(interval)
	return e, nil
}

func (k key) parameters(e *countersign.Entry) error {
	if len(k.Parameters) == 0 {
		return nil
	}
	p := k.Parameters[0]
	if len(k.Parameters) > 1 || len(p.Response) > 1 {
		return foreign.Refused("entry-unreadable", "One of its parts is written twice.")
	}
	if len(p.Challenge) > 0 {
		return foreign.Refused("type-unknown", "It answers challenges instead of making codes by itself.")
	}
	var err error
	if e.Algorithm, err = foreign.Hash(strings.TrimSpace(p.Suite)); err != nil {
		return err
	}
	if len(p.Response) == 1 {
		r := p.Response[0]
		if r.Encoding != "DECIMAL" || r.CheckDigits {
			return foreign.Refused("type-unknown", "Its codes are not plain decimal digits.")
		}
		e.Digits = r.Length
	}
	return nil
}

func (k key) secret(l *lock) ([]byte, error) {
	if len(k.Secret) != 1 {
		return nil, foreign.Refused("secret-missing", "It has no secret, or two.")
	}
	s := k.Secret[0]
	switch {
	case s.Plain != nil && len(s.Encrypted) == 0:
		raw, err := unbase64(*s.Plain)
		if err != nil {
			return nil, foreign.Refused("secret-unreadable", "Its secret is not base64.")
		}
		return raw, nil
	case s.Plain == nil && len(s.Encrypted) == 1 && l != nil:
		return l.secret(s)
	}
	return nil, foreign.Refused("secret-missing", "It has no secret, or two.")
}

// number reads a plain number; the format would allow it to be locked, which
// no maker does.
func number(values []value, absent uint64) (uint64, error) {
	if len(values) == 0 {
		return absent, nil
	}
	if len(values) > 1 || values[0].Plain == nil {
		return 0, foreign.Refused("entry-unreadable", "One of its settings cannot be read.")
	}
	n, err := strconv.ParseUint(strings.TrimSpace(*values[0].Plain), 10, 64)
	if err != nil {
		return 0, foreign.Refused("entry-unreadable", "One of its settings is not a number.")
	}
	return n, nil
}

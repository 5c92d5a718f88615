package oathcsv

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Format is the list.
func Format() foreign.Format {
	return foreign.Format{Name: "oathcsv", Title: "OATH CSV", Recognise: recognise, Read: read}
}

// maxRows: an organisation buys thousands of devices, not millions.
const maxRows = 100_000

// The columns of a list with a heading.
const (
	columnUser         = "upn"
	columnSerial       = "serial number"
	columnSecret       = "secret key"
	columnInterval     = "time interval"
	columnManufacturer = "manufacturer"
	columnModel        = "model"
	columnHash         = "hash function"
)

var known = []string{columnUser, columnSerial, columnSecret, columnInterval, columnManufacturer, columnModel, columnHash}

func recognise(f *foreign.File) foreign.Sight {
	first, _, _ := bytes.Cut(bytes.TrimPrefix(f.Bytes[:min(len(f.Bytes), 1024)], []byte("\xef\xbb\xbf")), []byte("\n"))
	fields := strings.Split(strings.TrimSpace(string(first)), ",")
	if isHeading(fields) {
		return foreign.Plain
	}
	// Without a heading, only a row that names its type is sure enough.
	if len(fields) >= 3 && isBare(fields) {
		return foreign.Plain
	}
	return foreign.Unseen
}

func isHeading(fields []string) bool {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.ToLower(strings.TrimSpace(f))
	}
	return slices.Contains(names, columnSerial) && slices.Contains(names, columnSecret)
}

func isBare(fields []string) bool {
	kind := strings.ToLower(strings.TrimSpace(fields[2]))
	_, err := hex.DecodeString(strings.TrimSpace(fields[1]))
	return err == nil && (kind == "hotp" || kind == "totp")
}

func read(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	devices, err := Devices(ctx, f.Bytes)
	if err != nil {
		return foreign.Result{}, err
	}
	progress(1, 1)
	return devices.Result("oathcsv"), nil
}

// Devices reads a list as its buyer needs it, with serial numbers.
func Devices(ctx context.Context, file []byte) (foreign.Hardwares, error) {
	if len(file) > foreign.MaxFile/2 {
		return foreign.Hardwares{}, foreign.TooLarge("it is larger than 32 MB")
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1 // rows of other lengths are refused by name below
	r.TrimLeadingSpace = true
	r.ReuseRecord = true
	first, err := r.Read()
	if err != nil {
		return foreign.Hardwares{}, foreign.Damaged("it is no list of comma-separated values", err)
	}
	var devices foreign.Hardwares
	keep := keepBare
	if isHeading(first) {
		columns, err := headings(first)
		if err != nil {
			return devices, err
		}
		keep = func(devices *foreign.Hardwares, fields []string) { keepNamed(devices, columns, fields) }
		if first, err = r.Read(); errors.Is(err, io.EOF) {
			return devices, nil
		} else if err != nil {
			return devices, foreign.Damaged("one of its rows is not well-formed", err)
		}
	}
	for row := 1; ; row++ {
		if row > maxRows {
			return devices, foreign.TooLarge("it has more rows than any list of devices")
		}
		if err := ctx.Err(); err != nil {
			return devices, err
		}
		keep(&devices, first)
		if first, err = r.Read(); errors.Is(err, io.EOF) {
			return devices, nil
		}
		if err != nil {
			return devices, foreign.Damaged("one of its rows is not well-formed", err)
		}
	}
}

// headings refuses columns that are not known: one of them might change the codes.
func headings(fields []string) ([]string, error) {
	columns := make([]string, len(fields))
	for i, f := range fields {
		name := strings.ToLower(strings.TrimSpace(f))
		if !slices.Contains(known, name) || slices.Contains(columns[:i], name) {
			return nil, foreign.Unsupported("oathcsv-columns", "The list has a column that is not known here, or twice the same.",
				"Keep these columns: upn, serial number, secret key, time interval, manufacturer, model, hash function.")
		}
		columns[i] = name
	}
	return columns, nil
}

func keepNamed(devices *foreign.Hardwares, columns, fields []string) {
	get := func(name string) string {
		if i := slices.Index(columns, name); i >= 0 && i < len(fields) {
			return strings.TrimSpace(fields[i])
		}
		return ""
	}
	d := foreign.Hardware{
		Serial:       get(columnSerial),
		Manufacturer: get(columnManufacturer),
		Model:        get(columnModel),
		Holder:       get(columnUser),
	}
	d.Entry = countersign.Entry{Type: countersign.TOTP, Issuer: d.Manufacturer, Label: d.Serial, Digits: 6, Period: 30}
	if len(fields) != len(columns) {
		devices.Keep(d, foreign.Refused("entry-unreadable", "Its row has more or fewer columns than the heading."))
		return
	}
	var err error
	if d.Entry.Secret, err = foreign.Base32(get(columnSecret)); err == nil {
		d.Entry.Algorithm, err = foreign.Hash(strings.TrimPrefix(strings.ToLower(get(columnHash)), "hmac"))
	}
	if interval := get(columnInterval); err == nil && interval != "" {
		if d.Entry.Period, err = strconv.Atoi(interval); err != nil {
			err = foreign.Refused("period-out-of-range", "Its time interval is not a number.")
		}
	}
	devices.Keep(d, err)
}

func keepBare(devices *foreign.Hardwares, fields []string) {
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	d := foreign.Hardware{Serial: fields[0]}
	d.Entry = countersign.Entry{Type: countersign.HOTP, Label: d.Serial, Algorithm: countersign.SHA1, Digits: 6}
	devices.Keep(bare(d, fields))
}

// bare reads serial, key, type, digits and period.
func bare(d foreign.Hardware, fields []string) (foreign.Hardware, error) {
	if len(fields) < 2 || len(fields) > 5 {
		return d, foreign.Refused("entry-unreadable", "Its row does not have two to five columns.")
	}
	raw, err := hex.DecodeString(fields[1])
	if err != nil {
		return d, foreign.Refused("secret-not-hex", "Its key is not hexadecimal.")
	}
	d.Entry.Secret = countersign.NewSecret(raw)
	if len(fields) > 2 {
		switch strings.ToLower(fields[2]) {
		case "hotp", "":
		case "totp":
			d.Entry.Type, d.Entry.Period = countersign.TOTP, 30
		default:
			return d, foreign.Refused("type-unknown", "It makes codes in a way that is not known here (%q).", fields[2])
		}
	}
	if len(fields) > 3 && fields[3] != "" {
		if d.Entry.Digits, err = strconv.Atoi(fields[3]); err != nil {
			return d, foreign.Refused("digits-out-of-range", "Its number of digits is not a number.")
		}
	}
	if len(fields) > 4 && fields[4] != "" {
		if d.Entry.Type != countersign.TOTP {
			return d, foreign.Refused("period-out-of-range", "It has a period, which HOTP does not have.")
		}
		if d.Entry.Period, err = strconv.Atoi(fields[4]); err != nil {
			return d, foreign.Refused("period-out-of-range", "Its period is not a number.")
		}
	}
	return d, nil
}

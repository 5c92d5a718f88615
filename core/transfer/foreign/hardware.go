package foreign

import countersign "github.com/countersign-id/countersign"

// Hardware is a one-time password device as its maker describes it to the
// organisation that bought it.
type Hardware struct {
	Serial       string
	Manufacturer string
	Model        string
	Holder       string // the user it is meant for, where the file says so
	Entry        countersign.Entry
}

// Hardwares gathers devices and refusals in the order of the file.
type Hardwares struct {
	Kept    []Hardware
	Refused []Refusal
}

// Keep takes the device, or records why not.
func (h *Hardwares) Keep(d Hardware, err error) {
	if err == nil {
		err = Check(d.Entry)
	}
	if err == nil && d.Serial == "" {
		err = Refused("serial-missing", "It has no serial number, so it cannot be told from another.")
	}
	if err == nil {
		h.Kept = append(h.Kept, d)
		return
	}
	name := d.Serial
	if name == "" {
		name = DisplayName(d.Entry.Issuer, d.Entry.Label)
	}
	if name == "" {
		name = "a device without a serial number"
	}
	h.Refused = append(h.Refused, refusal(name, err))
}

// Result is the devices as accounts for a person's own phone.
func (h *Hardwares) Result(format string) Result {
	r := Result{Format: format, Refused: h.Refused}
	for _, d := range h.Kept {
		r.Entries = append(r.Entries, d.Entry)
	}
	return r
}

package transfer

import (
	"github.com/countersign-id/countersign/core/transfer/aegis"
	"github.com/countersign-id/countersign/core/transfer/foreign"
)

// Formats lists every format that can be read, in the order in which a file
// is held against them: formats with a mark of their own before those that
// only opening can tell.
func Formats() []foreign.Format {
	return []foreign.Format{
		aegis.Format(),
	}
}

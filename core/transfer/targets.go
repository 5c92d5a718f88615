package transfer

import (
	"github.com/countersign-id/countersign/core/transfer/aegis"
	"github.com/countersign-id/countersign/core/transfer/bitwarden"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/linklist"
	"github.com/countersign-id/countersign/core/transfer/sheet"
	"github.com/countersign-id/countersign/core/transfer/twofas"
)

// What a writing yields, by the names that callers use.
type (
	Target = foreign.Target
	Export = foreign.Export
	Loss   = foreign.Loss
)

// Targets lists every format that can be written. Each is read back by the
// Format of the same name.
func Targets() []foreign.Target {
	return []foreign.Target{
		aegis.Target(),
		twofas.Target(),
		bitwarden.Target(),
		linklist.Target(),
		linklist.MigrationTarget(),
		sheet.Target(),
	}
}

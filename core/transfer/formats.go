package transfer

import (
	"github.com/countersign-id/countersign/core/transfer/aegis"
	"github.com/countersign-id/countersign/core/transfer/andotp"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/freeotp"
	"github.com/countersign-id/countersign/core/transfer/keepass"
	"github.com/countersign-id/countersign/core/transfer/lastpass"
	"github.com/countersign-id/countersign/core/transfer/stratum"
	"github.com/countersign-id/countersign/core/transfer/totpauthenticator"
	"github.com/countersign-id/countersign/core/transfer/twofas"
)

// Formats lists every format that can be read, in the order in which a file
// is held against them: formats with a mark of their own before those that
// only opening can tell.
func Formats() []foreign.Format {
	return []foreign.Format{
		aegis.Format(),
		twofas.Format(),
		lastpass.Format(),
		freeotp.Plus(),
		freeotp.Backup(),
		freeotp.Preferences(),
		stratum.Format(),
		keepass.Format(),

		// What follows includes formats without a mark; none of the above is
		// ever mistaken for one.
		totpauthenticator.Format(),
		andotp.Format(),
	}
}

package transfer

import (
	"github.com/countersign-id/countersign/core/transfer/aegis"
	"github.com/countersign-id/countersign/core/transfer/andotp"
	"github.com/countersign-id/countersign/core/transfer/authplus"
	"github.com/countersign-id/countersign/core/transfer/bitwarden"
	"github.com/countersign-id/countersign/core/transfer/ente"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/freeotp"
	"github.com/countersign-id/countersign/core/transfer/keepass"
	"github.com/countersign-id/countersign/core/transfer/lastpass"
	"github.com/countersign-id/countersign/core/transfer/linklist"
	"github.com/countersign-id/countersign/core/transfer/proton"
	"github.com/countersign-id/countersign/core/transfer/raivo"
	"github.com/countersign-id/countersign/core/transfer/stratum"
	"github.com/countersign-id/countersign/core/transfer/totpauthenticator"
	"github.com/countersign-id/countersign/core/transfer/twofas"
	"github.com/countersign-id/countersign/core/transfer/winauth"
)

// Formats lists every format that can be read, in the order in which a file
// is held against them: formats with a mark of their own before those that
// only opening can tell.
func Formats() []foreign.Format {
	return []foreign.Format{
		aegis.Format(),
		twofas.Format(),
		bitwarden.Format(),
		bitwarden.Authenticator(),
		ente.Format(),
		proton.Format(),
		lastpass.Format(),
		freeotp.Plus(),
		freeotp.Backup(),
		freeotp.Preferences(),
		stratum.Format(),
		keepass.Format(),
		winauth.Format(),
		raivo.Format(),
		authplus.Archive(),
		linklist.Migration(),
		linklist.Format(),
		linklist.Page(),

		// What follows includes formats without a mark; none of the above is
		// ever mistaken for one.
		totpauthenticator.Format(),
		andotp.Format(),
		authplus.Database(),
	}
}

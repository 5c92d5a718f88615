package transfer

import (
	"github.com/countersign-id/countersign/core/transfer/aegis"
	"github.com/countersign-id/countersign/core/transfer/andotp"
	"github.com/countersign-id/countersign/core/transfer/authplus"
	"github.com/countersign-id/countersign/core/transfer/authy"
	"github.com/countersign-id/countersign/core/transfer/battlenet"
	"github.com/countersign-id/countersign/core/transfer/bitwarden"
	"github.com/countersign-id/countersign/core/transfer/cxf"
	"github.com/countersign-id/countersign/core/transfer/duo"
	"github.com/countersign-id/countersign/core/transfer/ente"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/freeotp"
	"github.com/countersign-id/countersign/core/transfer/googledb"
	"github.com/countersign-id/countersign/core/transfer/keepass"
	"github.com/countersign-id/countersign/core/transfer/lastpass"
	"github.com/countersign-id/countersign/core/transfer/linklist"
	"github.com/countersign-id/countersign/core/transfer/microsoft"
	"github.com/countersign-id/countersign/core/transfer/oathcsv"
	"github.com/countersign-id/countersign/core/transfer/onepassword"
	"github.com/countersign-id/countersign/core/transfer/proton"
	"github.com/countersign-id/countersign/core/transfer/pskc"
	"github.com/countersign-id/countersign/core/transfer/raivo"
	"github.com/countersign-id/countersign/core/transfer/steamguard"
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
		onepassword.Format(),
		authy.Format(),
		battlenet.Format(),
		duo.Format(),
		steamguard.Format(),
		cxf.Format(),
		googledb.Format(),
		microsoft.Format(),
		pskc.Format(),
		oathcsv.Format(),
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

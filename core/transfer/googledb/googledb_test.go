package googledb

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const schema = `CREATE TABLE accounts (_id INTEGER PRIMARY KEY, email TEXT NOT NULL, secret TEXT NOT NULL, counter INTEGER DEFAULT 0, type INTEGER, provider INTEGER DEFAULT 0, issuer TEXT DEFAULT NULL, original_name TEXT DEFAULT NULL, isencrypted INTEGER DEFAULT 0);`

func TestAccountsComeOutAndLockedOnesAreNamed(t *testing.T) {
	const key = "'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'"
	b := foreigntest.Database(t, schema+`INSERT INTO accounts (email, secret, counter, type, issuer, isencrypted) VALUES
		('Example:alice', `+key+`, 0, 0, 'Example', 0), ('bob', `+key+`, 7, 1, NULL, 0), ('Site:eve', `+key+`, 0, 0, NULL, 0),
		('new', 'xx', 0, 0, 'Locked', 1), ('odd', `+key+`, 0, 9, NULL, 0), ('minus', `+key+`, -1, 1, NULL, 0)`)
	foreigntest.Want(t, foreigntest.Read(t, Format(), b, ""),
		[]string{"Example|alice totp SHA1/6/30", "|bob hotp SHA1/6/0 counter=7", "Site|eve totp SHA1/6/30"},
		[]string{"Locked: new: secret-locked", "odd: type-unknown", "minus: counter-out-of-range"})
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "", foreigntest.Database(f, schema)) }

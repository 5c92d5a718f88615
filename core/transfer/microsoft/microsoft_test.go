package microsoft

import (
	"testing"

	"github.com/countersign-id/countersign/core/transfer/foreigntest"
)

const schema = `CREATE TABLE accounts (_id INTEGER PRIMARY KEY, group_key TEXT, name TEXT, username TEXT, account_type INTEGER, oath_secret_key TEXT);`

func TestWorkAccountsAreNamedAndTheOthersComeOut(t *testing.T) {
	b := foreigntest.Database(t, schema+`INSERT INTO accounts (name, username, account_type, oath_secret_key) VALUES
		('Example', 'alice', 0, 'gezdgnbvgy3tqojqgezdgnbvgy3tqojq'), ('Microsoft', 'bob@outlook.example', 1, 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTA='),
		('Contoso', 'carol@contoso.example', 2, ''), ('Odd', 'dan', 1, '***')`)
	foreigntest.Want(t, foreigntest.Read(t, Format(), b, ""),
		[]string{"Example|alice totp SHA1/6/30", "Microsoft|bob@outlook.example totp SHA1/8/30"},
		[]string{"Contoso: carol@contoso.example: sign-in-again", "Odd: dan: secret-unreadable"})
}

func FuzzRead(f *testing.F) { foreigntest.Fuzz(f, Format(), "", foreigntest.Database(f, schema)) }

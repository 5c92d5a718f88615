package admin

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	countersign "github.com/countersign-id/countersign"
)

var setupEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// BeginSetup makes a new setup code while the server has no owner yet; "" when
// it has one. The code is for the server's own console: a stranger who reaches
// a new server first has no part in it (check M3).
func (c *Ceremony) BeginSetup(ctx context.Context) (string, error) {
	var random [10]byte
	if err := c.random(random[:]); err != nil {
		return "", err
	}
	code := setupEncoding.EncodeToString(random[:])
	needed, err := c.accounts.SetSetupCode(ctx, hashSetup(code))
	if err != nil || !needed {
		return "", err
	}
	return strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, "-"), nil
}

// Setup spends the setup code for the first account, the owner.
func (c *Ceremony) Setup(ctx context.Context, code, name, display string, password countersign.Secret, address string) (countersign.Account, error) {
	a, err := c.account(ctx, name, display, countersign.Owner, password)
	if err != nil {
		return countersign.Account{}, err
	}
	event := countersign.Event{At: a.Created, Kind: "setup.finished", AccountID: a.ID, Actor: "account:" + a.ID, Subject: a.ID, Address: address}
	canonical := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	return a, c.accounts.RedeemSetup(ctx, hashSetup(canonical), a.Created, a, event)
}

func hashSetup(code string) []byte {
	sum := sha256.Sum256([]byte("countersign/setup/v1\n" + code))
	return sum[:]
}

package store

import (
	"context"

	countersign "github.com/countersign-id/countersign"
)

// SigningKeys lists all signing keys, the retired ones too, oldest first.
func (s *Store) SigningKeys(ctx context.Context) ([]countersign.SigningKey, error) {
	var out []countersign.SigningKey
	err := s.each(ctx, "SELECT id, algorithm, private, created_at, retired_at FROM signing_key ORDER BY created_at, id", func(r scanner) error {
		var k countersign.SigningKey
		var sealed []byte
		var created, retired int64
		if err := r.Scan(&k.ID, &k.Algorithm, &sealed, &created, &retired); err != nil {
			return err
		}
		var err error
		k.Private, err = s.keys.open(sealed, place("signing_key", "private", k.ID, ""))
		k.Created, k.Retired = at(created), at(retired)
		out = append(out, k)
		return err
	})
	return out, err
}

// AddSigningKey keeps a new key, its private part sealed. With retireOthers it
// takes over from the others of its algorithm; without, it is kept only if
// there is no other that signs: of several processes that start at once, one
// makes the first key.
func (s *Store) AddSigningKey(ctx context.Context, k countersign.SigningKey, retireOthers bool, event countersign.Event) error {
	sealed, err := s.keys.seal(k.Private.Reveal(), place("signing_key", "private", k.ID, ""))
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		if retireOthers {
			if err := t.exec("UPDATE signing_key SET retired_at = ? WHERE algorithm = ? AND retired_at = 0", ms(k.Created), k.Algorithm); err != nil {
				return err
			}
		}
		signing, err := t.strings("SELECT id FROM signing_key WHERE algorithm = ? AND retired_at = 0", k.Algorithm)
		if err != nil || len(signing) > 0 {
			return err
		}
		if err := t.must(countersign.ErrSpent, "INSERT INTO signing_key (id, algorithm, private, created_at, retired_at) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
			k.ID, k.Algorithm, sealed, ms(k.Created)); err != nil {
			return err
		}
		return t.event(event)
	})
}

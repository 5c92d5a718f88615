// Package aegis reads and writes vault exports of Aegis Authenticator: JSON,
// plain or locked with a password (scrypt and AES-256-GCM).
//
// It reads content versions 1 to 3. Groups become tags, favourites are pinned,
// own icons are kept, Mobile-OTP and Yandex.Key accounts keep their PIN.
//
// It refuses vaults that only a fingerprint can open: the key for that stays
// in the phone that made it.
//
// Verified against real files: plain and locked, content version 2. From the
// description in Aegis' docs/vault.md: content versions 1 and 3.
package aegis

// Package lastpass reads the JSON export of LastPass Authenticator, version 3.
// Folders become tags, favourites are pinned, and the time of creation is kept.
//
// Accounts that LastPass approves by push have no secret in the file; they are
// refused by name. Verified against a real file.
package lastpass

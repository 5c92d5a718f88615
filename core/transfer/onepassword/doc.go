// Package onepassword reads one-time passwords out of 1Password's export
// (.1pux): a ZIP archive with export.data, which is JSON. Vaults and tags
// become tags, notes and favourites are kept; archived entries are taken over
// like the others, with the tag "Archive".
//
// From 1Password's published description of the format; no real file was at hand.
package onepassword

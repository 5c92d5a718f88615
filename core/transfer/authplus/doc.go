// Package authplus reads the exports of Authenticator Plus: its database,
// encrypted by SQLCipher 3, and the ZIP archive with Accounts.txt, a list of
// links.
//
// The database says nothing of period, digits and hash: the application has
// the usual ones, and eight digits for Battle.net. Categories become tags.
//
// Each page of the database is authenticated by itself, so that a page that
// opens proves the password, and one that does not is damage.
//
// Verified against a real file: the database. From the description: the archive.
package authplus

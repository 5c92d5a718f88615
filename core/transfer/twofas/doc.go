// Package twofas reads and writes the backups of 2FAS Authenticator (.2fas):
// JSON, plain or locked with a password (PBKDF2 and AES-256-GCM).
//
// It reads schema versions 1 to 4. A group becomes a tag.
//
// Verified against real files: schema 3, plain and locked. From the
// description: schemas 1, 2 and 4.
package twofas

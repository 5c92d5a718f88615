// Package microsoft reads the database of Microsoft Authenticator on Android
// (databases/PhoneFactor, table accounts): other services' accounts with a
// base32 secret and six digits, personal Microsoft accounts with a base64
// secret and eight.
//
// Work and school accounts have no secret that makes codes; they are refused
// by name, since they come back only by signing in again.
//
// From the description (Aegis' importer); no real file was at hand.
package microsoft

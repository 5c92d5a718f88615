// Package googledb reads the database of Google Authenticator on Android
// (databases/databases). It has six digits and 30 seconds for every account.
//
// Versions since 2023 encrypt secrets with a key that stays in the phone; such
// accounts are refused by name. The way across is the application's own
// transfer, which core/transfer/migration reads.
//
// From the description (Aegis' importer); no real file was at hand.
package googledb

// Package steamguard reads one Steam account: a .maFile of Steam Desktop
// Authenticator, or the Steamguard file of the Steam app on Android.
//
// It refuses encrypted .maFiles by not knowing them: their key is in another
// file. The secret for confirming trades stays in the file; nothing here uses it.
//
// From the description; no real file was at hand.
package steamguard

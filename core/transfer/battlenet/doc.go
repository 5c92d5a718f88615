// Package battlenet reads the Battle.net authenticator out of the preferences
// of Blizzard's app on Android. Serial and secret are masked with a fixed
// string, which hides nothing.
//
// From the description (Aegis' importer); no real file was at hand.
package battlenet

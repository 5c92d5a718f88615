// Package raivo reads the exports of Raivo OTP: a ZIP archive, locked with
// AES, around raivo-otp-export.json, or that file by itself. Every value in it
// is a text, numbers too.
//
// From the description (Raivo's DataExportFeature); no real file was at hand.
package raivo

// Package cxf reads one-time passwords out of the FIDO Alliance's Credential
// Exchange Format, version 1.0: the JSON in which password managers hand
// accounts to each other. Collections and tags become tags, notes and
// favourites are kept; passwords and passkeys are passed over.
//
// It refuses the sealed transport around it (CXP): that is opened by the
// program that asked for it.
//
// From the published standard; no real file was at hand.
package cxf

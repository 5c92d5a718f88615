// Package enrolment owns the ceremony of docs/spec/enrolment.md: how a phone
// becomes an authenticator of an account, and how it stops being one.
//
//	binding:  open ──keys──▶ claimed ──safety code──▶ done
//	            │                │ three wrong, 10 minutes, cancel
//	            └──10 minutes────┴──────────────────▶ dead
//	device:   pending ──safety code──▶ active ──remove──▶ revoked
//
// A binding code is spent by the first phone that proves a key; the safety
// code, typed into the browser that made the binding code, shows that it was
// the right phone: a stolen QR activates nothing (check C2).
//
// It renders no QR and knows no session beyond its key.
package enrolment

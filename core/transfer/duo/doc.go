// Package duo reads Duo Mobile's accounts.json from an Android phone: a JSON
// array. Accounts of other services have a secret; accounts that Duo approves
// by push have none that leaves the phone and are refused by name.
//
// From the description (Aegis' importer); no real file was at hand.
package duo

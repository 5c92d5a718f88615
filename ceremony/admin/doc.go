// Package admin owns what the operator does to accounts, relying parties and
// the server's first start: create, list, lock, delete, register.
//
//	account:  (none) ──create──▶ active ◀──unlock/lock──▶ locked ──delete──▶ (none)
//
// It has no way to read a secret, to approve for a person, or to add a sign-in
// method without the person being told (check M2); each act is one transaction
// with its audit event.
package admin

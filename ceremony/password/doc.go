// Package password owns the ceremony of proving that one knows an account's
// password: counting, hashing (Argon2id, RFC 9106), comparing, and adding the
// evidence to the sign-in.
//
//	tried ──counted──▶ hashed ──equal──▶ evidence on the sign-in
//	   │                  └──else──▶ ErrWrong
//	   └──throttled──▶ hashed all the same ──▶ ErrWrong
//
// Every outcome but success looks the same and costs the same: a wrong
// password, a name that does not exist, an account without a password, a
// throttled or a locked one (check A5). It makes no session.
package password

// Package passcode owns the ceremony of proving that one has an authenticator
// that shows one-time codes (TOTP, RFC 6238), and of adding and removing such
// authenticators.
//
//	typed ──counted──▶ matched ──step not spent──▶ evidence on the sign-in
//	  │                   │            └──spent──▶ ErrSpent
//	  │                   └──no match──▶ ErrWrong
//	  └──throttled──▶ matched all the same ──▶ ErrWrong
//
// A step is spent by one UPDATE that also refuses every earlier step, on all
// pathways (checks A1, A2, A8). A name that does not exist, an account without
// an authenticator and a throttled one cost and answer the same (check A5).
// It computes no codes itself: core/otp does.
package passcode

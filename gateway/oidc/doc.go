// Package oidc owns the server's face as an OpenID provider: discovery, the
// authorization code flow with PKCE, tokens, userinfo, keys and logout.
//
//	authorize ──no session──▶ /signin ──▶ continue ──┐
//	    └────────session────────────────────────────▶ code ──redeemed once──▶ grant
//
// A code is not a row: it is a sealed text that says what was granted, and
// redeeming it inserts the one row of its grant. A second redemption finds that
// row and ends the grant (check H2).
//
// Standards: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0,
// RFC 6749, 7636, 9207, 9700. It knows no password and makes no session.
package oidc

// Package ente reads the exports of Ente Auth that are locked with a password:
// Argon2id and libsodium's secretstream (XChaCha20-Poly1305) around a list of
// links. Unlocked exports are that list itself and are read by
// core/transfer/linklist, which also knows what Ente adds to its links.
//
// Ente derives with up to 1 GiB of memory, and so does this reader.
//
// Verified against a real file. libsodium, crypto_secretstream.
package ente

// Package proton reads the exports of Proton Authenticator: JSON, plain or
// locked with a password (Argon2id and AES-256-GCM). Each account is a link and
// the name that the person gave it; notes are kept.
//
// Verified against a real file: plain. From the description: locked.
package proton

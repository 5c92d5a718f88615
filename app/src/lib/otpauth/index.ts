// The links by which sites hand an account to an authenticator: read strictly,
// written exactly (check A6). A link is taken over exactly, or refused by a
// stable code. The twin is the Go package core/otpauth, whose doc.go says what
// was decided where the format leaves a choice; vectors/otpauth.json holds the
// two together.

export * from './link';
export * from './refusal';

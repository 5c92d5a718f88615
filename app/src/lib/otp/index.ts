// One-time codes from an entry. The twin is the Go package core/otp;
// vectors/otp.json holds the two together. Matching typed codes is the
// server's and stands there alone.

export * from './code';
export * from './entry';

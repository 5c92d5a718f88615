// What a device signs: the canonical text of a statement, its digest and its
// P-256 signature (docs/spec/conventions.md). The parties build statements and
// nobody parses one. The twin is the Go package core/statement;
// vectors/statement.json holds the two together.

export * from './approval';
export * from './bytes';
export * from './call';
export * from './enrolment';
export * from './key';
export * from './safety';
export * from './statement';

// Package app owns the phone app: its source (Svelte, TypeScript) and its
// committed build, which countersignd serves at /app.
//
// The build is committed so that the Go tool alone builds a working server;
// it is reproducible, and the test command rebuilds it and refuses a
// difference (`npm ci && npm run build` in this folder).
//
// The package refuses to own how the files are served: headers, the page's
// content security policy and caching belong to web.
//
// The app's own rooms (src/approval, src/enrolment, src/account, src/device,
// src/entry) carry the names of the server's; src/lib/{otp,otpauth,statement}
// those of core. It follows docs/spec/{conventions,enrolment,approval,time}.md.
package app

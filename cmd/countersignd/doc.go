// Countersignd is the server: sign-in pages, approvals, identity provider, the
// phone app it serves, and the operator's commands.
//
//	countersignd serve                      run the server
//	countersignd admin account create …     make an account
//	countersignd --help                     everything else
package main

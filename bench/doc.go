// Command bench measures the real server from outside: it builds countersignd,
// starts it as a process of its own, plays browsers, phones and a relying
// party against it, and reads what the server's process spent. What the load
// costs is in this process, and is not counted.
//
//	go run ./bench            every figure of docs/performance.md, as tables
//	go run ./bench --quick    a slice; fails when a figure is beyond its limit
//	go run ./bench --json     the same figures for programs
//	go run ./bench --write docs/performance.md
//
// CPU time is that of the server's whole process (CLOCK_PROCESS_CPUTIME_ID,
// which is what /proc/<pid>/stat rounds to hundredths of a second). Each figure
// is the median of several short rounds, and rounds of what is to be compared
// alternate, so that other work on the machine falls on both alike.
//
// It refuses to own: benchmarks of single functions (go test -bench), and the
// phone app's time to its first screen (e2e/).
package main

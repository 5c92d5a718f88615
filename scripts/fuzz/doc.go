// Command fuzz runs every fuzz target of the module, one after the other: the
// go tool takes one target at a time.
//
//	go run ./scripts/fuzz -each 60s    a minute for each (make fuzz)
//	go run ./scripts/fuzz -all 40s     forty seconds shared by all (make test)
//
// It owns finding the targets and sharing the time. What a target found stays
// where the go tool puts it, in testdata/fuzz beside the test: commit it.
package main

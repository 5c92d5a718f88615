// Command suites runs the project's checks and tests, and tells what came out.
//
//	go run ./scripts/suites            every suite (make test)
//	go run ./scripts/suites check      one plan: check, quick or all
//	go run ./scripts/suites store      some suites, by name
//
// Suites stand in plan.go as a table. Each belongs to a lane; the lanes go and
// beside run at the same time, because one core compiles while a browser
// waits; the lane alone runs last, with nothing beside it, for what measures time.
//
// It owns order, progress, counting and the log files in .cache/log. What a
// suite checks belongs to the command it calls. The last line is always
// "N passed, N failed" and counts tests where the command counts them, else
// the suite itself; a command that fails without a failed test counts as one
// failure. Nothing is skipped in silence: what did not run is listed with its reason.
package main

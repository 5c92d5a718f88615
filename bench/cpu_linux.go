package main

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

// spent is the CPU time of a whole process, user and system, finished threads
// included.
func spent(pid int) (time.Duration, error) {
	// clock_getcpuclockid(3): the clock that counts a process's CPU time.
	const schedulerClock = 2
	clock := uintptr(int32(^pid)<<3 | schedulerClock)
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		return 0, fmt.Errorf("the CPU time of process %d: %w", pid, errno)
	}
	return time.Duration(at.Nano()), nil
}

package local

import (
	"errors"
	"os"
	"syscall"
)

// sharingViolation is ERROR_SHARING_VIOLATION, which package syscall does not
// name.
const sharingViolation syscall.Errno = 32

// tryLock takes the lock file for this process by opening it for nobody else.
// The kernel gives it back when the process ends, however it ends.
func tryLock(path string) (release func(), ok bool, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, false, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return func() { _ = syscall.CloseHandle(h) }, true, nil
}

// syncFolder has nothing to do: NTFS journals its names.
func syncFolder(string) error { return nil }

// tighten has nothing to do: a person's folders are theirs by the access list
// that they inherit.
func tighten(string, os.FileMode) error { return nil }

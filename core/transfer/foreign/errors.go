package foreign

import (
	"errors"
	"fmt"
)

// The ways in which a whole file is refused. Every error of a reading matches
// exactly one of them under errors.Is, or is the context's own.
var (
	ErrUnknownFormat  = errors.New("countersign: the file is of no known format")
	ErrPasswordNeeded = errors.New("countersign: the file needs its password")
	ErrWrongPassword  = errors.New("countersign: the password does not open the file")
	ErrDamaged        = errors.New("countersign: the file is damaged")
	ErrTooLarge       = errors.New("countersign: the file asks for too much")
	ErrUnsupported    = errors.New("countersign: the file cannot be read here")
)

// FileError is the refusal of a whole file, in words for the person.
type FileError struct {
	Code   string // stable, for programs
	Reason string // what happened and what it means
	Next   string // what to do
	kind   error
	cause  error
}

// Error is for logs; a face shows Reason and Next.
func (e *FileError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%v: %s (%v)", e.kind, e.Reason, e.cause)
	}
	return fmt.Sprintf("%v: %s", e.kind, e.Reason)
}

// Unwrap gives the sentinel, and the cause where there is one.
func (e *FileError) Unwrap() []error {
	if e.cause != nil {
		return []error{e.kind, e.cause}
	}
	return []error{e.kind}
}

// UnknownFormat refuses a file that no reader recognises.
func UnknownFormat() error {
	return &FileError{
		kind:   ErrUnknownFormat,
		Code:   "format-unknown",
		Reason: "This file is not an export that Countersign knows.",
		Next:   "Check that it is the file the other application exported, unchanged, and not a document around it.",
	}
}

// PasswordNeeded refuses a locked file that came without a password.
func PasswordNeeded() error {
	return &FileError{
		kind:   ErrPasswordNeeded,
		Code:   "password-needed",
		Reason: "This file is locked with a password.",
		Next:   "Enter the password that was set when the file was exported.",
	}
}

// WrongPassword refuses a password. Where the format cannot tell a damaged
// opening from a wrong password, the sentence leaves room for both.
func WrongPassword() error {
	return &FileError{
		kind:   ErrWrongPassword,
		Code:   "password-wrong",
		Reason: "The password does not open this file.",
		Next:   "Enter the password that was set when the file was exported. If it is certainly right, export the file again: its beginning may be damaged.",
	}
}

// WrongKey is WrongPassword for formats that authenticate the password by
// itself, with what else may be missing.
func WrongKey(next string) error {
	return &FileError{kind: ErrWrongPassword, Code: "password-wrong", Reason: "The password does not open this file.", Next: next}
}

// Damaged refuses a file whose format is known and whose bytes are not whole.
// What says which part, as a clause: "its last page is missing".
func Damaged(what string, cause error) error {
	return &FileError{
		kind:   ErrDamaged,
		Code:   "file-damaged",
		Reason: "The file is damaged: " + what + ".",
		Next:   "Export it again, or copy it again from where it was kept.",
		cause:  cause,
	}
}

// TooLarge refuses a file that asks for more memory or time than any honest
// export does: a decompression bomb, or a key derivation set to never end.
func TooLarge(what string) error {
	return &FileError{
		kind:   ErrTooLarge,
		Code:   "file-too-large",
		Reason: "The file asks for more than is given to an import: " + what + ".",
		Next:   "Export the accounts again, fewer at a time or with the other application's usual settings.",
	}
}

// Unsupported refuses a file that is understood well enough to say what would
// work instead.
func Unsupported(code, reason, next string) error {
	return &FileError{kind: ErrUnsupported, Code: code, Reason: reason, Next: next}
}

// EntryError is the refusal of one entry.
type EntryError struct {
	Code   string
	Reason string
}

func (e *EntryError) Error() string { return "countersign: entry refused: " + e.Reason }

// Refused builds the refusal of one entry from a code and a sentence.
func Refused(code, format string, args ...any) error {
	return &EntryError{Code: code, Reason: fmt.Sprintf(format, args...)}
}

// refusal turns any error about one entry into the words for it.
func refusal(name string, err error) Refusal {
	var entry *EntryError
	if errors.As(err, &entry) {
		return Refusal{Name: name, Code: entry.Code, Reason: entry.Reason}
	}
	return Refusal{Name: name, Code: "entry-unreadable", Reason: "This entry is not written as its format says."}
}

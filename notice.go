package countersign

import "time"

// NoticeKind names what a notice tells; the words are web's.
type NoticeKind string

// The notices.
const (
	NoticeDeviceAdded     NoticeKind = "device-added"
	NoticeDeviceRemoved   NoticeKind = "device-removed"
	NoticePasscodeAdded   NoticeKind = "passcode-added"
	NoticePasscodeRemoved NoticeKind = "passcode-removed"
	NoticePasswordChanged NoticeKind = "password-changed"
	NoticeApprovalsPaused NoticeKind = "approvals-paused"
	NoticePasscodePaused  NoticeKind = "passcode-paused"
	NoticeReported        NoticeKind = "reported"
)

// Notice tells an account's holder that something about the account changed.
type Notice struct {
	ID        string
	AccountID string
	Kind      NoticeKind
	Subject   string // what it is about: a phone's name, an address
	At        time.Time
}

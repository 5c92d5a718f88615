package web

import countersign "github.com/countersign-id/countersign"

// NoticeText is the sentence for a notice, the same on every surface.
func NoticeText(n countersign.Notice) string {
	switch n.Kind {
	case countersign.NoticeDeviceAdded, countersign.NoticeDeviceRemoved, countersign.NoticePasscodeAdded, countersign.NoticePasscodeRemoved, countersign.NoticeReported:
		subject := n.Subject
		if subject == "" {
			subject = say("notice.unnamed")
		}
		return say("notice."+string(n.Kind), subject)
	case countersign.NoticePasswordChanged, countersign.NoticeApprovalsPaused, countersign.NoticePasscodePaused:
		return say("notice." + string(n.Kind))
	}
	return say("notice.other")
}

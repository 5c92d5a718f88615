package web

// said is the remark that an address names, or none: only these can be shown,
// so that a link puts no words of its own on our page.
func said(word string) *saying {
	switch word {
	case "name-bad", "password-wrong", "passcode-wrong", "passcode-spent", "safety-wrong", "safety-last", "safety-bad",
		"code-wrong", "phone-name-bad", "password-short", "password-long", "password-differs", "setup-wrong", "setup-throttled":
		return &saying{"warn", say("said." + word)}
	case "phone-removed", "phone-renamed", "passcode-added", "passcode-removed", "password-changed", "session-ended", "sessions-ended",
		"binding-cancelled", "signed-out", "setup-done":
		return &saying{"good", say("said." + word)}
	}
	return nil
}

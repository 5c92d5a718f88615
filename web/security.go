package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/approval"
)

// How much of the past one page shows.
const (
	noticesShown   = 8
	approvalsShown = 8
	noticesSince   = 30 * 24 * time.Hour
)

// seconds are the second proofs that an account has.
type seconds struct {
	phones []countersign.Device
	codes  []countersign.Passcode
}

func (s seconds) count() int { return len(s.phones) + len(s.codes) }

func (s *Web) seconds(r *http.Request, accountID string) (seconds, error) {
	devices, err := s.Store.Devices(r.Context(), accountID)
	if err != nil {
		return seconds{}, err
	}
	codes, err := s.Store.Passcodes(r.Context(), accountID)
	if err != nil {
		return seconds{}, err
	}
	var has seconds
	for _, d := range devices {
		if d.State == countersign.DeviceActive {
			has.phones = append(has.phones, d)
		}
	}
	for _, p := range codes {
		if p.Active {
			has.codes = append(has.codes, p)
		}
	}
	return has, nil
}

// sessionShown is a signed-in browser.
type sessionShown struct {
	countersign.Session
	This  bool
	From  string // "Firefox on Windows"
	Place string
}

// approvalShown is a past request.
type approvalShown struct {
	Client  string
	Outcome string
	Bad     bool // refused or reported: shown as such, not by colour alone
	From    string
	Place   string
	At      time.Time
}

// noticeShown is a notice in words.
type noticeShown struct {
	Text string
	At   time.Time
}

// securityShown is the page of security info.
type securityShown struct {
	Account    countersign.Account
	Readiness  string // what is missing, or ""
	Phones     []countersign.Device
	Codes      []countersign.Passcode
	Unfinished []countersign.Passcode
	Sessions   []sessionShown
	Approvals  []approvalShown
	Notices    []noticeShown
}

// readiness says what would happen if the phone were lost today. The server
// never lets "the only way in is one phone" pass without saying so.
func readiness(has seconds) string {
	switch {
	case has.count() == 0:
		return say("ready.password")
	case has.count() == 1 && len(has.phones) == 1:
		return say("ready.phone")
	case has.count() == 1:
		return say("ready.code")
	}
	return ""
}

func (s *Web) security(w http.ResponseWriter, r *http.Request, v visitor) {
	given, err := readQuery(r, "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	shown, err := s.securityShown(r, v)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.page(w, r, http.StatusOK, "security", view{Title: say("security.title"), Said: said(given["said"]), Visitor: &v, Wide: true, Body: shown})
}

func (s *Web) securityShown(r *http.Request, v visitor) (securityShown, error) {
	shown := securityShown{Account: v.account}
	has, err := s.seconds(r, v.account.ID)
	if err != nil {
		return shown, err
	}
	shown.Phones, shown.Codes, shown.Readiness = has.phones, has.codes, readiness(has)
	all, err := s.Store.Passcodes(r.Context(), v.account.ID)
	if err != nil {
		return shown, err
	}
	for _, p := range all {
		if !p.Active {
			shown.Unfinished = append(shown.Unfinished, p)
		}
	}
	now := s.Now()
	sessions, err := s.Store.Sessions(r.Context(), v.account.ID, now)
	if err != nil {
		return shown, err
	}
	for _, session := range sessions {
		shown.Sessions = append(shown.Sessions, sessionShown{session, session.Key == v.session.Key, from(approval.Describe(session.Agent)), known(s.Place(session.Address))})
	}
	// This browser first, then whoever was here last.
	slices.SortStableFunc(shown.Sessions, func(a, b sessionShown) int {
		if a.This != b.This {
			if a.This {
				return -1
			}
			return 1
		}
		return b.Seen.Compare(a.Seen)
	})
	approvals, err := s.Store.RecentApprovals(r.Context(), v.account.ID, approvalsShown)
	if err != nil {
		return shown, err
	}
	for _, a := range approvals {
		if past, ok := approvalOf(a, now); ok {
			shown.Approvals = append(shown.Approvals, past)
		}
	}
	notices, err := s.Store.Notices(r.Context(), v.account.ID, now.Add(-noticesSince), noticesShown)
	if err != nil {
		return shown, err
	}
	for _, n := range notices {
		shown.Notices = append(shown.Notices, noticeShown{NoticeText(n), n.At})
	}
	return shown, nil
}

// approvalOf is a request in words; its context is the record that the phone
// was shown.
func approvalOf(a countersign.Approval, now time.Time) (approvalShown, bool) {
	var about approval.Context
	if err := json.Unmarshal([]byte(a.Context), &about); err != nil {
		return approvalShown{}, false
	}
	state := a.At(now)
	shown := approvalShown{Client: about.Client, Outcome: say("outcome." + string(state)), From: from(about.Browser, about.System), Place: known(about.Place), At: a.Asked,
		Bad: state == countersign.ApprovalDenied || state == countersign.ApprovalReported}
	if a.Purpose == countersign.PurposeTest {
		shown.Client = say("outcome.test")
	}
	return shown, true
}

// known drops the word that stands for no place in a record.
func known(place string) string {
	if place == "unknown" {
		return ""
	}
	return place
}

// from is a browser as people say it.
func from(browser, system string) string { return say("from", browser, system) }

// toSecurity goes back to security info with a remark.
func toSecurity(w http.ResponseWriter, r *http.Request, word string) {
	to := securityPath
	if word != "" {
		to += "?said=" + word
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

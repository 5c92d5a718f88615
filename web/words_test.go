package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

// spelled are the names of sentences that stand in the source as they are.
var spelled = regexp.MustCompile(`\bsay(?: |\()"([a-z0-9.-]+)"([^}\n]*)`)

func sources(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, pattern := range []string{"*.go", "template/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found[name] = string(text)
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d sources were found", len(found))
	}
	return found
}

func TestEverySentenceExistsAndIsUsed(t *testing.T) {
	used := make(map[string]bool)
	for file, text := range sources(t) {
		for _, m := range spelled.FindAllStringSubmatch(text, -1) {
			name := m[1]
			if strings.HasSuffix(name, ".") {
				continue // put together; see below
			}
			if _, ok := english[name]; !ok {
				t.Errorf("%s uses the sentence %q, which does not exist", file, name)
			}
			used[name] = true
		}
	}
	for name := range namesMade() {
		if _, ok := english[name]; !ok {
			t.Errorf("the sentence %q does not exist", name)
		}
		used[name] = true
	}
	for name := range english {
		if !used[name] {
			t.Errorf("the sentence %q is used nowhere", name)
		}
	}
}

// namesMade lists the names that the program puts together from its states.
func namesMade() map[string]bool {
	names := make(map[string]bool)
	add := func(all ...string) {
		for _, name := range all {
			names[name] = true
		}
	}
	for _, state := range []countersign.ApprovalState{countersign.ApprovalPending, countersign.ApprovalApproved, countersign.ApprovalDenied,
		countersign.ApprovalReported, countersign.ApprovalExpired, countersign.ApprovalEnded} {
		add("outcome." + string(state))
	}
	for _, platform := range []countersign.Platform{countersign.IOS, countersign.Android, countersign.Desktop} {
		add("platform." + string(platform))
	}
	for _, kind := range noticeKinds {
		add("notice." + string(kind))
	}
	for _, month := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		add("month." + month)
	}
	for _, t := range allTroubles() {
		add("trouble."+t.code, "trouble."+t.code+".what")
		if t.label != "" {
			add(t.label)
		}
	}
	for name := range english {
		if word, ok := strings.CutPrefix(name, "said."); ok && said(word) != nil {
			add(name)
		}
	}
	return names
}

var noticeKinds = []countersign.NoticeKind{countersign.NoticeDeviceAdded, countersign.NoticeDeviceRemoved, countersign.NoticePasscodeAdded, countersign.NoticePasscodeRemoved,
	countersign.NoticePasswordChanged, countersign.NoticeApprovalsPaused, countersign.NoticePasscodePaused, countersign.NoticeReported}

func allTroubles() []trouble {
	all := []trouble{troubleCrossSite, troubleNoSignIn, troubleSignInOver, troubleNotFound, troubleSetupDone, troubleTooOften, troubleInternal}
	for _, known := range troubles {
		all = append(all, known.trouble)
	}
	return append(all, trouble{label: "trouble.again", code: "sign-in-over"})
}

func TestEveryRemarkThatAHandlerGivesIsShown(t *testing.T) {
	given := regexp.MustCompile(`(?:said=|again\(|toSecurity\(w, r, |s\.back\([^)\n]*, |return |againAt\([^)\n]*, )"?([a-z]+-[a-z]+)"`)
	count := 0
	for file, text := range sources(t) {
		if !strings.HasSuffix(file, ".go") {
			continue
		}
		for _, m := range given.FindAllStringSubmatch(text, -1) {
			count++
			if said(m[1]) == nil {
				t.Errorf("%s gives the remark %q, which is not shown", file, m[1])
			}
		}
	}
	if count < 15 {
		t.Fatalf("only %d remarks were found; the search is wrong", count)
	}
}

func TestSentencesHaveTheVoice(t *testing.T) {
	for name, sentence := range english {
		lower := strings.ToLower(sentence)
		for _, word := range []string{"!", "please", "something went wrong", "oops", "sorry", "invalid", "error", "failed", "credential", "token", "mfa", "2fa"} {
			if strings.Contains(lower, word) {
				t.Errorf("%s says %q", name, word)
			}
		}
		if sentence != strings.TrimSpace(sentence) || sentence == "" {
			t.Errorf("%s is %q", name, sentence)
		}
	}
}

func TestANoticeOfEveryKindHasItsWords(t *testing.T) {
	for _, kind := range noticeKinds {
		text := NoticeText(countersign.Notice{Kind: kind, Subject: "Pixel 9"})
		if text == say("notice.other") || strings.Contains(text, "%!") || strings.HasPrefix(text, "notice.") {
			t.Errorf("%s reads %q", kind, text)
		}
	}
	if got := NoticeText(countersign.Notice{Kind: "of tomorrow"}); got != say("notice.other") {
		t.Errorf("an unknown kind reads %q", got)
	}
}

func TestEveryTemplateIsAPage(t *testing.T) {
	w := quietWeb(t)
	names, err := fs.Glob(templateFiles, "template/*.html")
	if err != nil {
		t.Fatal(err)
	}
	if want := len(names) - 2; len(w.pages) != want { // frame and part are not pages
		t.Errorf("%d pages, want %d", len(w.pages), want)
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"rsc.io/qr"
)

// watched is a live list at a second chosen by the test. The key is RFC 6238's,
// whose codes are in its appendix B.
func watched(at *time.Time) *watch {
	entry := func(n byte, issuer string, kind countersign.EntryType) countersign.Entry {
		shape, _ := countersign.ShapeOf(kind)
		return countersign.Entry{ID: countersign.IDOf([16]byte{n}), Type: kind, Issuer: issuer, Label: "mara",
			Secret: countersign.NewSecret([]byte("12345678901234567890")), Algorithm: shape.Algorithm, Digits: shape.Digits, Period: shape.Period}
	}
	c := &vault.Content{Entries: []countersign.Entry{
		entry(1, "GitHub", countersign.TOTP), entry(2, "Bank", countersign.HOTP), entry(3, "GitLab", countersign.TOTP), entry(4, "Old", countersign.MOTP),
	}}
	c.Entries[0].Digits = 8
	return newWatch(c, "", func() time.Time { return *at })
}

func press(t *testing.T, w *watch, keys ...tea.KeyPressMsg) tea.Cmd {
	t.Helper()
	var cmd tea.Cmd
	for _, key := range keys {
		_, cmd = w.Update(key)
	}
	return cmd
}

func letters(text string) (keys []tea.KeyPressMsg) {
	for _, r := range text {
		keys = append(keys, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return keys
}

func TestWatchShowsCodesAndWhatFollows(t *testing.T) {
	at := time.Unix(59, 0) // RFC 6238 appendix B: 94287082
	w := watched(&at)
	screen := w.drawn()
	for _, want := range []string{"GitHub:mara", "9428 7082", " 1 s   next", "needs its PIN"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the screen:\n%s", want, screen)
		}
	}
	if strings.Contains(screen, "Bank") {
		t.Error("a counted code is watched; showing it would spend it")
	}
	at = time.Unix(1111111109, 0)
	if w.Update(tick{}); !strings.Contains(w.drawn(), "0708 1804") {
		t.Errorf("a second later the code is still the old one:\n%s", w.drawn())
	}
}

func TestWatchSearchesWhatIsTyped(t *testing.T) {
	at := time.Unix(59, 0)
	w := watched(&at)
	press(t, w, letters("lab")...)
	if screen := w.drawn(); strings.Contains(screen, "GitHub") || !strings.Contains(screen, "GitLab") {
		t.Errorf("searching for lab shows:\n%s", screen)
	}
	press(t, w, letters("\u202ex")...)
	if screen := w.drawn(); !strings.Contains(screen, "⌕ labx") || !strings.Contains(screen, watchNobody) {
		t.Errorf("searching for nothing that is there shows:\n%s", screen)
	}
	if press(t, w, tea.KeyPressMsg{Code: tea.KeyEscape}) != nil || w.search != "" {
		t.Error("the first esc does not clear the search")
	}
	if cmd := press(t, w, tea.KeyPressMsg{Code: tea.KeyEscape}); cmd == nil || cmd() != tea.Quit() {
		t.Error("the second esc does not leave")
	}
}

func TestWatchCopiesTheMarkedCode(t *testing.T) {
	at := time.Unix(59, 0)
	w := watched(&at)
	cmd := press(t, w, tea.KeyPressMsg{Code: tea.KeyEnter})
	if cmd == nil || cmd() != tea.SetClipboard("94287082")() {
		t.Error("enter does not copy the first code whole")
	}
	// The last one has no code to copy.
	if cmd := press(t, w, tea.KeyPressMsg{Code: tea.KeyEnd}, tea.KeyPressMsg{Code: tea.KeyEnter}); cmd != nil {
		t.Error("enter copies something for an account without a code")
	}
	press(t, w, tea.KeyPressMsg{Code: tea.KeyDown}, tea.KeyPressMsg{Code: tea.KeyDown})
	if w.marked != 2 {
		t.Errorf("below the last account: place %d is marked", w.marked)
	}
}

func TestWatchHidesCodes(t *testing.T) {
	at := time.Unix(59, 0)
	w := watched(&at)
	press(t, w, tea.KeyPressMsg{Code: 'h', Mod: tea.ModCtrl})
	if screen := w.drawn(); strings.Contains(screen, "7082") || !strings.Contains(screen, "••••••••") {
		t.Errorf("hidden codes are shown:\n%s", screen)
	}
}

func TestWatchFitsTheScreen(t *testing.T) {
	at := time.Unix(59, 0)
	w := watched(&at)
	for i := range 50 {
		e := w.entries[0]
		e.ID = countersign.IDOf([16]byte{100, byte(i)})
		w.entries = append(w.entries, e)
	}
	w.filter()
	for _, height := range []int{1, 5, 12, 24} {
		w.Update(tea.WindowSizeMsg{Width: 60, Height: height})
		press(t, w, tea.KeyPressMsg{Code: tea.KeyEnd})
		lines := strings.Split(w.drawn(), "\n")
		if got, most := len(lines), max(height, 5); got > most {
			t.Errorf("%d lines on a screen of %d", got, height)
		}
		if !strings.Contains(w.drawn(), "▸") {
			t.Errorf("on a screen of %d the marked account is not shown", height)
		}
	}
}

func TestWatchTakesUpWhatChanged(t *testing.T) {
	at := time.Unix(59, 0)
	w := watched(&at)
	w.changed = func() *vault.Content { return &vault.Content{Entries: w.entries[1:2]} }
	w.Update(tick{})
	if screen := w.drawn(); strings.Contains(screen, "GitHub") || !strings.Contains(screen, "GitLab") {
		t.Errorf("after a change:\n%s", screen)
	}
}

// The drawing is read back module by module, as a camera would.
func TestTheDrawnCodeIsTheCode(t *testing.T) {
	const link = "otpauth://totp/GitHub:mara?secret=JBSWY3DPEHPK3PXP&issuer=GitHub&algorithm=SHA1&digits=6&period=30"
	want, err := qr.Encode(link, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	for _, colours := range []bool{false, true} {
		drawn, err := draw(link, colours)
		if err != nil {
			t.Fatal(err)
		}
		drawn = strings.NewReplacer("\x1b[38;2;255;255;255;48;2;0;0;0m", "", "\x1b[0m", "").Replace(drawn)
		for y, line := range strings.Split(strings.TrimSuffix(drawn, "\n"), "\n") {
			x := -quietZone
			for _, r := range line {
				upper, lower := r == '█' || r == '▀', r == '█' || r == '▄'
				for n, light := range []bool{upper, lower} {
					if row := 2*y + n - quietZone; row < want.Size+quietZone && light == want.Black(x, row) {
						t.Fatalf("module %d, %d is drawn light: %v", x, row, light)
					}
				}
				x++
			}
			if x != want.Size+quietZone {
				t.Fatalf("line %d has %d modules, want %d", y, x+quietZone, want.Size+2*quietZone)
			}
		}
	}
}

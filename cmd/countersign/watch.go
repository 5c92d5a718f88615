package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
)

type watchCommand struct {
	Search string `arg:"" optional:"" help:"Begin with these words searched for."`
}

func (k *watchCommand) Run(ctx context.Context, s *session) error {
	if s.terminal == nil || !s.screen {
		return usage("watch draws on a terminal, and this is none. For scripts: countersign list --codes --json.")
	}
	// The passphrase is asked for before the screen is taken.
	c, err := s.content()
	if err != nil {
		return err
	}
	w := newWatch(c, k.Search, s.now)
	w.changed = func() *vault.Content { return s.reread() }
	_, err = tea.NewProgram(w, tea.WithContext(ctx), tea.WithInput(os.Stdin), tea.WithOutput(s.stdout)).Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// reread gives the vault's content if the file is another one than before.
func (s *session) reread() *vault.Content {
	about, err := os.Stat(s.vaultFile().Path)
	if err != nil || about.ModTime().Equal(s.seen) {
		return nil
	}
	c, err := s.vaultFile().Read()
	if err != nil {
		return nil // what is on the screen stays; the next command says what is wrong
	}
	s.seen = about.ModTime()
	return c
}

// watch is the live list: a search line, the accounts with their codes and how
// long these last, and one of them marked.
type watch struct {
	now     func() time.Time
	changed func() *vault.Content // nil when nothing did
	entries []countersign.Entry
	search  string
	found   []int
	marked  int
	hidden  bool
	width   int
	height  int
}

type tick struct{}

func newWatch(c *vault.Content, search string, now func() time.Time) *watch {
	w := &watch{now: now, search: search, width: 80, height: 24, changed: func() *vault.Content { return nil }}
	w.take(c)
	return w
}

func (w *watch) take(c *vault.Content) {
	w.entries = nil
	for _, e := range c.Entries {
		// Counted codes are not watched: showing one spends it.
		if e.Type != countersign.HOTP {
			w.entries = append(w.entries, e)
		}
	}
	w.filter()
}

func (w *watch) filter() {
	w.found = vault.Search(w.entries, w.search)
	w.marked = max(0, min(w.marked, len(w.found)-1))
}

// Init begins the clock.
func (w *watch) Init() tea.Cmd { return w.wait() }

// wait is until the next whole second, when codes change.
func (w *watch) wait() tea.Cmd {
	left := time.Second - time.Duration(w.now().Nanosecond())
	return tea.Tick(left, func(time.Time) tea.Msg { return tick{} })
}

// Update is one step: a second passed, a key, another size.
func (w *watch) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tick:
		if c := w.changed(); c != nil {
			w.take(c)
		}
		return w, w.wait()
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case tea.PasteMsg:
		w.search += oneLine(msg.Content)
		w.filter()
	case tea.KeyPressMsg:
		return w.press(msg)
	}
	return w, nil
}

func (w *watch) press(key tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	switch key.String() {
	case "ctrl+c":
		return w, tea.Quit
	case "esc":
		if w.search == "" {
			return w, tea.Quit
		}
		w.search = ""
	case "up", "ctrl+p":
		w.marked--
	case "down", "ctrl+n", "tab":
		w.marked++
	case "pgup":
		w.marked -= w.room()
	case "pgdown":
		w.marked += w.room()
	case "home":
		w.marked = 0
	case "end":
		w.marked = len(w.found) - 1
	case "ctrl+h", "f2":
		w.hidden = !w.hidden
	case "enter":
		// The terminal itself puts it on the clipboard (OSC 52), here and over ssh.
		if code, err := w.code(w.marked); err == nil {
			return w, tea.SetClipboard(code.Code)
		}
	case "backspace":
		if runes := []rune(w.search); len(runes) > 0 {
			w.search = string(runes[:len(runes)-1])
		}
	default:
		w.search += oneLine(key.Text)
	}
	w.filter()
	return w, nil
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if hides(r) {
			return -1
		}
		return r
	}, s)
}

func (w *watch) code(place int) (codeShown, error) {
	if place < 0 || place >= len(w.found) {
		return codeShown{}, countersign.ErrNotFound
	}
	return codeOf(w.entries[w.found[place]], w.now())
}

// room is how many accounts fit: the search line above, the keys below, and an
// empty line beside each.
func (w *watch) room() int { return max(1, w.height-4) }

// View draws the screen.
func (w *watch) View() tea.View {
	v := tea.NewView(w.drawn())
	v.AltScreen = true
	v.WindowTitle = "Countersign"
	return v
}

const (
	watchKeys   = "enter copies   ↑↓ choose   ctrl+h hides   esc leaves"
	watchEmpty  = "No account makes codes by the clock here. Add one: countersign add."
	watchNobody = "No account has these words. esc shows all."
)

func (w *watch) drawn() string {
	var b strings.Builder
	fmt.Fprintf(&b, " ⌕ %s\n\n", w.search)
	switch {
	case len(w.entries) == 0:
		b.WriteString(" " + watchEmpty + "\n")
	case len(w.found) == 0:
		b.WriteString(" " + watchNobody + "\n")
	}
	room := w.room()
	from := max(0, min(w.marked-room/2, len(w.found)-room))
	for place := from; place < min(len(w.found), from+room); place++ {
		b.WriteString(w.row(place))
		b.WriteByte('\n')
	}
	for n := min(len(w.found), room); n < room; n++ {
		b.WriteByte('\n')
	}
	keys := watchKeys
	if shown := min(len(w.found), room); shown < len(w.found) {
		keys = fmt.Sprintf("%d of %d   %s", shown, len(w.found), keys)
	}
	b.WriteString("\n " + clip(keys, w.width-2))
	return b.String()
}

// row is one account: name, code, what is left of it, and near its end the one
// that follows, so that nobody has to hurry.
func (w *watch) row(place int) string {
	e := &w.entries[w.found[place]]
	mark := "  "
	if place == w.marked {
		mark = "▸ "
	}
	code, left := "", ""
	switch shownCode, err := w.code(place); {
	case err != nil:
		code = "needs its PIN"
	case w.hidden:
		code, left = strings.Repeat("•", len(shownCode.Code)), fmt.Sprintf("%2d s", shownCode.Remaining)
	default:
		code, left = grouped(shownCode.Code), fmt.Sprintf("%2d s", shownCode.Remaining)
		if shownCode.Remaining <= 7 {
			left += "   next " + grouped(shownCode.Next)
		}
	}
	name := nameOf(e)
	nameRoom := max(8, min(40, w.width-34))
	return fmt.Sprintf(" %s%s  %-13s %s", mark, pad(clip(name, nameRoom), nameRoom), code, left)
}

// clip shortens a text to a number of characters.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return string(runes[:n-1]) + "…"
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-len([]rune(s))))
}

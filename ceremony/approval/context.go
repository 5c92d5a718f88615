package approval

import (
	"encoding/json"
	"strings"
	"unicode"

	countersign "github.com/countersign-id/countersign"
)

// Context is what the phone shows about a request. Whoever asks fills in the
// relying party and the place; the rest comes from the sign-in.
type Context struct {
	Purpose countersign.Purpose `json:"purpose"`
	Client  string              `json:"client"` // the relying party's name
	Host    string              `json:"host"`   // as registered, never as requested (check C4)
	Account string              `json:"account"`
	Address string              `json:"address"`
	Place   string              `json:"place"`
	Browser string              `json:"browser"`
	System  string              `json:"system"`
	Known   bool                `json:"known"`
	Message string              `json:"message"`
}

// mostText caps what strangers may put on a phone's screen.
const mostText = 120

// record is the canonical form whose bytes are sent and whose hash is signed.
func (c Context) record() (string, error) {
	if c.Place == "" {
		c.Place = "unknown"
	}
	for _, text := range []*string{&c.Client, &c.Host, &c.Account, &c.Address, &c.Place, &c.Browser, &c.System, &c.Message} {
		*text = plain(*text)
	}
	b, err := json.Marshal(c)
	return string(b), err
}

// plain drops what could reorder or hide text on a screen (check C4: bidi
// controls, zero-width characters), and caps its length.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > mostText {
		return string(runes[:mostText-1]) + "…"
	}
	return s
}

// describe names the browser and the system that a User-Agent tells. It is a
// hint for a person, as good as the browser's word; order matters, since each
// browser claims to be its ancestors.
func describe(agent string) (browser, system string) {
	browser, system = "an unknown browser", "an unknown system"
	for _, b := range [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"},
		{"Lynx", "Lynx"}, {"w3m", "w3m"}, {"curl/", "curl"},
	} {
		if strings.Contains(agent, b[0]) {
			browser = b[1]
			break
		}
	}
	for _, s := range [][2]string{
		{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}, {"FreeBSD", "FreeBSD"},
	} {
		if strings.Contains(agent, s[0]) {
			system = s[1]
			break
		}
	}
	return browser, system
}

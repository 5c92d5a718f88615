package sheet

import (
	"html"
	"strconv"
	"strings"

	"github.com/countersign-id/countersign/core/transfer/linklist"
)

// The page is put together by hand: a template engine would be the largest
// part of the module that the phone loads. Every text goes through
// html.EscapeString; what else is written is numbers.
const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
` + linklist.OwnMark + `
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Accounts for codes</title>
<style>
body { font: 11pt/1.4 sans-serif; margin: 2cm; color: #000; background: #fff; }
ul { list-style: none; padding: 0; }
li { display: flex; gap: 1cm; break-inside: avoid; border-top: 1px solid #999; padding: 4mm 0; }
svg { width: 4cm; height: 4cm; flex: none; }
h2 { font-size: 12pt; margin: 0; }
p { margin: 0 0 2mm; }
code { font-size: 8pt; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Accounts for codes</h1>
<p>Whoever has this sheet can make the codes of these accounts. Keep it where you keep your passport. To use an account, scan its QR code with an authenticator, or import this page as a file.</p>
<ul>
`

const foot = `</ul>
</body>
</html>
`

func (a account) write(b *strings.Builder) {
	b.WriteString("<li>")
	if a.Size > 0 {
		size := strconv.Itoa(a.Size)
		b.WriteString(`<svg viewBox="0 0 ` + size + " " + size + `" role="img" aria-label="QR code" shape-rendering="crispEdges"><path d="` + a.Path + `"></path></svg>`)
	}
	b.WriteString("<div><h2>" + html.EscapeString(a.Issuer) + "</h2><p>" + html.EscapeString(a.Label) + "</p><code>" + html.EscapeString(a.Link) + "</code></div></li>\n")
}

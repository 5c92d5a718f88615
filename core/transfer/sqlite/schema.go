package sqlite

import "strings"

// constraints begin a part of a table's definition that is no column.
var constraints = map[string]bool{"CONSTRAINT": true, "PRIMARY": true, "UNIQUE": true, "CHECK": true, "FOREIGN": true}

// parseColumns finds the names of a table's columns in its definition, in the
// order in which rows hold them.
func parseColumns(sql string) ([]string, error) {
	words := split(sql)
	if len(words) < 4 || !words[0].is("CREATE") || !words[1].is("TABLE") {
		return nil, damaged("its table of accounts is a program, not a table")
	}
	open := 2
	for open < len(words) && words[open].text != "(" {
		open++
	}
	var columns []string
	depth, first, skip := 0, false, false
	for _, w := range words[min(open, len(words)):] {
		switch {
		case w.text == "(" && !w.quoted:
			if depth++; depth == 1 {
				first = true
			}
			continue
		case w.text == ")" && !w.quoted:
			if depth--; depth == 0 {
				if len(columns) == 0 {
					return nil, damaged("its table of accounts is missing")
				}
				return columns, nil
			}
			continue
		case depth != 1:
			continue
		case w.text == "," && !w.quoted:
			first, skip = true, false
			continue
		}
		if first {
			first = false
			if skip = !w.quoted && constraints[strings.ToUpper(w.text)]; !skip {
				columns = append(columns, w.text)
			}
			continue
		}
		// A computed column may not be in the rows at all, and the ones after it
		// would be taken for their neighbours.
		if !skip && (w.is("GENERATED") || w.is("AS")) {
			return nil, damaged("its table of accounts has computed columns")
		}
	}
	return nil, damaged("its table of accounts is described in part only")
}

type word struct {
	text   string
	quoted bool
}

func (w word) is(keyword string) bool { return !w.quoted && strings.EqualFold(w.text, keyword) }

// split takes SQL apart into names, signs and quoted texts (sqlite.org/lang_keywords.html
// names the four ways to quote); comments go.
func split(sql string) []word {
	var words []word
	for sql != "" {
		c := sql[0]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			sql = sql[1:]
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
		case c == '\'' || c == '"' || c == '`' || c == '[':
			var text string
			text, sql = quoted(sql)
			words = append(words, word{text, true})
		case isName(c):
			end := 1
			for end < len(sql) && isName(sql[end]) {
				end++
			}
			words = append(words, word{text: sql[:end]})
			sql = sql[end:]
		default:
			words = append(words, word{text: sql[:1]})
			sql = sql[1:]
		}
	}
	return words
}

func isName(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// quoted takes a quoted text off the front; the quote doubled stands for itself.
func quoted(sql string) (text, rest string) {
	end := sql[0]
	if end == '[' {
		end = ']'
	}
	var b strings.Builder
	for i := 1; i < len(sql); i++ {
		if sql[i] != end {
			b.WriteByte(sql[i])
			continue
		}
		if end == ']' || i+1 == len(sql) || sql[i+1] != end {
			return b.String(), sql[i+1:]
		}
		b.WriteByte(end)
		i++
	}
	return b.String(), ""
}

package linklist

import (
	"context"
	"html"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/transfer/foreign"
	"github.com/countersign-id/countersign/core/transfer/link"
)

// Page is an HTML page on which links stand as text.
func Page() foreign.Format {
	return foreign.Format{Name: "page", Title: "Page of QR codes (HTML)", Recognise: recognisePage, Read: readPage}
}

// OwnMark stands in the head of the pages that Countersign writes.
const OwnMark = `<meta name="generator" content="Countersign">`

var schemes = []string{"otpauth://", "motp://"}

func recognisePage(f *foreign.File) foreign.Sight {
	head := strings.ToLower(string(f.Bytes[:min(len(f.Bytes), 1024)]))
	if !strings.Contains(head, "<html") && !strings.Contains(head, "<!doctype html") {
		return foreign.Unseen
	}
	for _, scheme := range schemes {
		if strings.Contains(string(f.Bytes), scheme) {
			return foreign.Plain
		}
	}
	return foreign.Unseen
}

func readPage(ctx context.Context, f *foreign.File, _ countersign.Secret, progress foreign.Progress) (foreign.Result, error) {
	text, ok := f.Text()
	if !ok {
		return foreign.Result{}, foreign.Damaged("it is not text throughout", nil)
	}
	if !strings.Contains(strings.ToLower(text[max(0, len(text)-256):]), "</html>") {
		return foreign.Result{}, foreign.Damaged("its end is missing", nil)
	}
	links := linksIn(text)
	if len(links) > maxLines {
		return foreign.Result{}, foreign.TooLarge("it has more links than any page of accounts")
	}
	own := strings.Contains(text[:min(len(text), 4096)], OwnMark)
	reading := foreign.NewReading("page")
	for i, found := range links {
		if err := ctx.Err(); err != nil {
			return foreign.Result{}, err
		}
		progress(i+1, len(links))
		e, err := link.Parse(found)
		if err == nil && e.Type == countersign.MOTP && e.PIN.Len() == 0 && !own {
			err = foreign.Refused("motp-incomplete", "Pages of QR codes leave out the PIN of Mobile-OTP accounts. Import a backup file of the same application instead.")
		}
		if err != nil {
			reading.Refuse(link.Name(found), err)
			continue
		}
		reading.Keep(e, nil)
	}
	return reading.Result, nil
}

// linksIn finds the links in the page's text, not in its tags: an attribute
// that repeats a link does not make a second account.
func linksIn(page string) []string {
	var links []string
	for piece := range textPieces(page) {
		for _, word := range strings.Fields(piece) {
			for _, scheme := range schemes {
				if strings.HasPrefix(word, scheme) {
					links = append(links, unescape(word))
				}
			}
		}
	}
	return links
}

// textPieces is what stands between tags.
func textPieces(page string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for page != "" {
			text, rest, found := strings.Cut(page, "<")
			if text != "" && !yield(text) {
				return
			}
			if !found {
				return
			}
			_, page, _ = strings.Cut(rest, ">")
		}
	}
}

// unescape undoes HTML's escapes. Stratum writes none, and an ampersand of its
// own must not be taken for one ("&copy…"), so a text that is not escaped
// throughout is left as it stands.
func unescape(word string) string {
	if strings.Count(word, "&") != strings.Count(word, "&amp;")+strings.Count(word, "&#") {
		return word
	}
	return html.UnescapeString(word)
}

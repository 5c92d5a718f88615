package phone

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReadEvents(t *testing.T) {
	for name, test := range map[string]struct {
		stream string
		want   []string
	}{
		"one event":                 {"event: requests\ndata: {}\n\n", []string{"requests {}"}},
		"two events":                {"event: a\ndata: 1\n\nevent: b\ndata: 2\n\n", []string{"a 1", "b 2"}},
		"comments do not count":     {": keep-alive\n\nevent: a\n: x\ndata: 1\n\n", []string{"a 1"}},
		"a name does not last":      {"event: a\ndata: 1\n\ndata: 2\n\n", []string{"a 1", " 2"}},
		"lines of data are joined":  {"data: 1\ndata: 2\n\n", []string{" 1\n2"}},
		"one space is taken":        {"data:  1\n\n", []string{"  1"}},
		"no space is needed":        {"event:a\ndata:1\n\n", []string{"a 1"}},
		"lines may end CRLF":        {"event: a\r\ndata: 1\r\n\r\n", []string{"a 1"}},
		"an event without data":     {"event: a\n\n", nil},
		"other fields":              {"id: 7\nretry: 1\nevent: a\ndata: 1\n\n", []string{"a 1"}},
		"an event cut off is lost":  {"event: a\ndata: 1\n\nevent: b\ndata: 2\n", []string{"a 1"}},
		"nothing":                   {"", nil},
		"a colon inside the data":   {"data: {\"a\":1}\n\n", []string{" {\"a\":1}"}},
		"a field without a colon":   {"data\n\n", []string{" "}},
		"an empty line is no event": {"\n\n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			err := readEvents(strings.NewReader(test.stream), func() {}, func(name string, data []byte) error {
				got = append(got, name+" "+string(data))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReadEventsIsBounded(t *testing.T) {
	for name, stream := range map[string]string{
		"one long line":    "data: " + strings.Repeat("a", maxAnswer+1) + "\n\n",
		"many short lines": strings.Repeat("data: "+strings.Repeat("a", 1000)+"\n", 1+maxAnswer/1000),
	} {
		t.Run(name, func(t *testing.T) {
			err := readEvents(strings.NewReader(stream), func() {}, func(string, []byte) error {
				t.Error("delivered")
				return nil
			})
			if err == nil {
				t.Error("was read to its end")
			}
		})
	}
}

func TestEventOf(t *testing.T) {
	const request = `{"requests":[{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaa","nonce":"AA","client":"c","digits":2,` +
		`"not_after":2,"asked_at":1,"context":"{\"client\":\"Payroll\",\"known\":true}"}]}`
	event, ok, err := eventOf("requests", []byte(request))
	if err != nil || !ok || len(event.Requests) != 1 || event.Requests[0].Context.Client != "Payroll" {
		t.Errorf("got %+v %v %v", event, ok, err)
	}
	event, ok, err = eventOf("requests", []byte(`{"requests":[]}`))
	if err != nil || !ok || event.Requests == nil {
		t.Errorf("an empty list: got %+v %v %v", event, ok, err)
	}
	if _, ok, err := eventOf("weather", []byte(`{}`)); ok || err != nil {
		t.Errorf("an unknown event: got %v %v, want neither", ok, err)
	}
	for name, body := range map[string]string{
		"an identifier with a path": strings.Replace(request, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "../../../device", 1),
		"a number of no digits":     strings.Replace(request, `"digits":2`, `"digits":0`, 1),
		"a context that is no JSON": strings.Replace(request, `"{\"client`, `"(\"client`, 1),
		"no JSON":                   "<html>",
	} {
		if _, ok, err := eventOf("requests", []byte(body)); ok || !errors.Is(err, ErrAnswer) {
			t.Errorf("%s: got %v %v", name, ok, err)
		}
	}
}

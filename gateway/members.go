package gateway

import (
	"reflect"
	"strings"
)

// members lists the JSON names of v's fields: all that it knows, and those that
// it requires.
func members(v any) (known, required []string) {
	t := reflect.TypeOf(v).Elem()
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		known = append(known, name)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return known, required
}

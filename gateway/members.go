package gateway

import (
	"reflect"
	"strings"
)

// members lists the JSON names that v requires: its fields' tags, without the
// optional ones.
func members(v any) []string {
	var names []string
	t := reflect.TypeOf(v).Elem()
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" && !strings.Contains(options, "omitempty") {
			names = append(names, name)
		}
	}
	return names
}

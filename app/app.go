package app

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS is the built app as the browser asks for it: index.html is the page at
// /app/, everything under assets/ is named by its bytes and never changes.
func FS() fs.FS {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		// The pattern above names the folder: without it nothing compiles.
		panic(err)
	}
	return built
}

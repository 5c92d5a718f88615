package countersign_test

// This file holds the rules of the house that are about files and names
// rather than imports: who serves HTTP, names that say nothing, doc.go, length,
// and the dependencies that were decided on.

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	// lineLimit is what a reader keeps in mind at once; longer files want a wall.
	lineLimit = 400

	// dependencyLimit: each direct dependency is code that we answer for.
	dependencyLimit = 15
)

// longFiles may exceed lineLimit, each for its reason.
var longFiles = map[string]string{}

// emptyWords name nothing, so they may not name a package.
var emptyWords = []string{"util", "utils", "common", "helper", "helpers", "types", "model", "models", "misc"}

// servers are the rooms that answer HTTP.
var servers = []string{"web", "gateway", "cmd"}

// serving are the names of net/http that only somebody who answers requests needs.
var serving = []string{
	"Server", "Serve", "ServeTLS", "ListenAndServe", "ListenAndServeTLS",
	"Handle", "HandleFunc", "Handler", "HandlerFunc", "NewServeMux", "ServeMux", "ResponseWriter", "FileServer", "FileServerFS",
}

// notOurs are folders whose files nobody here wrote or commits by hand.
var notOurs = []string{".git", ".cache", "node_modules", "dist", "bin", "data", "testdata", "out"}

func TestOnlyWebAndGatewaysServeHTTP(t *testing.T) {
	for _, p := range house(t) {
		if !p.ours() || slices.ContainsFunc(servers, func(s string) bool { return within(p.place(), s) }) {
			continue
		}
		if _, onShelf := shelf(p.place()); onShelf || !slices.Contains(p.Imports, "net/http") {
			continue
		}
		for _, file := range p.GoFiles {
			for _, use := range uses(t, filepath.Join(p.Dir, file), "net/http") {
				if slices.Contains(serving, use.name) {
					t.Errorf("%s/%s:%d uses http.%s; only %s serve HTTP", p.place(), file, use.line, use.name, strings.Join(servers, ", "))
				}
			}
		}
	}
}

type use struct {
	name string
	line int
}

// uses lists what a file takes from an imported package.
func uses(t *testing.T, file, imported string) []use {
	t.Helper()
	positions := token.NewFileSet()
	tree, err := parser.ParseFile(positions, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	local := ""
	for _, spec := range tree.Imports {
		if strings.Trim(spec.Path.Value, `"`) != imported {
			continue
		}
		local = path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
	}
	var found []use
	ast.Inspect(tree, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if left, ok := selector.X.(*ast.Ident); ok && left.Name == local {
			found = append(found, use{selector.Sel.Name, positions.Position(selector.Pos()).Line})
		}
		return true
	})
	return found
}

func TestNoPackageHasAnEmptyName(t *testing.T) {
	for _, p := range house(t) {
		if p.ours() && (slices.Contains(emptyWords, p.Name) || slices.Contains(emptyWords, path.Base(p.ImportPath))) {
			t.Errorf("%s: package %s says nothing about what it owns", p.place(), p.Name)
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, p := range house(t) {
		if !p.ours() {
			continue
		}
		file := filepath.Join(p.Dir, "doc.go")
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Errorf("%s: %v", p.place(), err)
			continue
		}
		if tree.Doc == nil {
			t.Errorf("%s/doc.go has no package comment", p.place())
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	checked := 0
	ourFiles(t, func(name string) {
		if !slices.Contains([]string{".go", ".ts", ".svelte"}, path.Ext(name)) || isTest(name) {
			return
		}
		lines, generated := measure(t, name)
		checked++
		if generated || lines <= lineLimit {
			return
		}
		if _, known := longFiles[name]; !known {
			t.Errorf("%s has %d lines, more than %d", name, lines, lineLimit)
		}
	})
	if checked == 0 {
		t.Fatal("no source file was found")
	}
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".test.ts")
}

func ourFiles(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains(notOurs, entry.Name()) {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			visit(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func measure(t *testing.T, name string) (lines int, generated bool) {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for scanner := bufio.NewScanner(bytes.NewReader(source)); scanner.Scan(); lines++ {
		line := scanner.Text()
		// The form that `go help generate` defines.
		if strings.HasPrefix(line, "// Code generated ") && strings.HasSuffix(line, " DO NOT EDIT.") {
			generated = true
		}
	}
	return lines, generated
}

func TestDependenciesWereDecidedOn(t *testing.T) {
	packages := house(t)
	direct := map[string]string{}
	for _, p := range packages {
		if !p.ours() {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if q := packages[imported]; q.Module != nil && q.Module.Path != module {
				direct[q.Module.Path] = p.place()
			}
		}
	}
	if len(direct) > dependencyLimit {
		t.Errorf("%d direct dependencies, more than %d: %s", len(direct), dependencyLimit, strings.Join(slices.Sorted(maps.Keys(direct)), ", "))
	}
	const record = "docs/adr/0002-dependencies.md"
	decided, err := os.ReadFile(record)
	if err != nil {
		t.Fatalf("the record of dependencies: %v", err)
	}
	for dependency, user := range direct {
		// The path between two backquotes: a longer path is another module.
		if !bytes.Contains(decided, fmt.Appendf(nil, "`%s`", dependency)) {
			t.Errorf("%s (used by %s) is not named in %s", dependency, user, record)
		}
	}
}

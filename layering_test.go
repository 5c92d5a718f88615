package countersign_test

// This file holds the house of docs/MAP.md: which package stands on which
// floor, who may import whom, and the walls that carry a promise. The tables
// come first; change one together with docs/MAP.md, in the same commit.

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/countersign-id/countersign"

// floors: imports only go down. "x/*" makes each folder of x a room of its own;
// what lies deeper belongs to that room.
var floors = []struct {
	height int
	rooms  []string
}{
	{0, []string{"."}},
	{1, []string{"core/*"}},
	{2, []string{"ceremony/*"}},
	{3, []string{"web", "gateway/*", "store", "deliver/*", "bus", "geo", "phone"}},
	{4, []string{"cmd/*"}},
}

// doors are the only imports between two rooms of one floor.
var doors = map[[2]string]string{
	{"web", "gateway"}:                "pages share routes, problems and addresses with every other door of the server",
	{"core/transfer", "core/otpauth"}: "every foreign format ends in, or starts from, what an otpauth address can say",
}

// shelves stand beside the floors: each may be used by the packages named, and
// imports of the module only what is listed. They hold no decisions.
var shelves = map[string]struct {
	usedBy, uses []string
	reason       string
}{
	"app":     {usedBy: []string{"web", "cmd/countersignd"}, reason: "the built phone app, embedded"},
	"vectors": {usedBy: nil, reason: "the corpus that Go and TypeScript tests read"},
	"internal/postgrestest": {
		usedBy: []string{"scripts/withpostgres", "bench"}, reason: "a throw-away PostgreSQL for tests"},
	"scripts": {uses: []string{"internal/postgrestest"}, reason: "the workshop: building and testing"},
	"checks":  {uses: []string{"*"}, reason: "attacks and faults, run over HTTP against the real server"},
	"bench":   {uses: []string{"*"}, reason: "measures what the floors do, from outside"},
	"tools":   {uses: []string{"*"}, reason: "programs for the people who maintain the house"},
}

// sealed is what countersignd must not be able to open: it keeps the bytes of
// backups, and a server without the code cannot be made to read them.
var sealed = []string{
	module + "/core/seal",
	"filippo.io/age",
	module + "/core/transfer",
}

// unsealed are the two foreign formats that an administrator loads into the
// server: hardware tokens come in them.
var unsealed = []string{
	module + "/core/transfer/pskc",
	module + "/core/transfer/oathcsv",
	module + "/core/transfer/foreign", // what the two share with the others: refusals, checks and limits
}

// sqlPackages may be imported by these alone.
var sqlPackages = []string{"database/sql", "github.com/ncruces/go-sqlite3", "github.com/jackc/pgx", "modernc.org/sqlite", "github.com/mattn/go-sqlite3"}

var sqlReaders = map[string]string{
	"store":                 "the one place that knows SQL",
	"core/transfer":         "some foreign exports are SQLite files",
	"internal/postgrestest": "makes and drops test databases",
}

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath, Dir, Name     string
	Standard                  bool
	Module                    *struct{ Path string }
	GoFiles                   []string
	Imports, Deps             []string
	TestImports, XTestImports []string
}

func (p pkg) ours() bool {
	return p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/")
}

func (p pkg) place() string { return place(p.ImportPath) }

func place(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// graph is read once: it takes a second, and every claim below reads it.
var graph = sync.OnceValues(func() (map[string]pkg, error) {
	list := exec.Command("go", "list", "-test", "-deps", "-json=ImportPath,Dir,Name,Standard,Module,GoFiles,Imports,Deps,TestImports,XTestImports", "./...")
	// Everything was fetched to build this test; the network is not needed.
	list.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(complaint.String()))
	}
	packages := map[string]pkg{}
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := lines.Decode(&p)
		if err == io.EOF {
			return packages, nil
		}
		if err != nil {
			return nil, err
		}
		// With -test, "p [p.test]" is p recompiled; its imports are p's own
		// plus those of the tests, which may look anywhere.
		if !strings.Contains(p.ImportPath, " ") && !strings.HasSuffix(p.ImportPath, ".test") {
			packages[p.ImportPath] = p
		}
	}
})

func house(t *testing.T) map[string]pkg {
	t.Helper()
	packages, err := graph()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if len(packages) == 0 {
		t.Fatal("go list named no package")
	}
	return packages
}

// room names the room and floor of a place; a shelf has no floor.
func room(place string) (name string, height int, ok bool) {
	for _, floor := range floors {
		for _, pattern := range floor.rooms {
			if parent, any := strings.CutSuffix(pattern, "/*"); any {
				if rest, inside := strings.CutPrefix(place, parent+"/"); inside {
					first, _, _ := strings.Cut(rest, "/")
					return parent + "/" + first, floor.height, true
				}
				// A parent folder may carry what its rooms share; it is
				// the room that each of them stands on.
				if place == parent {
					return parent, floor.height, true
				}
				continue
			}
			if within(place, pattern) && (pattern != "." || place == ".") {
				return pattern, floor.height, true
			}
		}
	}
	return "", 0, false
}

func shelf(place string) (string, bool) {
	for name := range shelves {
		if within(place, name) {
			return name, true
		}
	}
	return "", false
}

func within(place, folder string) bool {
	return place == folder || strings.HasPrefix(place, folder+"/")
}

// objection says what is wrong with one import, or nothing.
func objection(from, to string) string {
	if name, ok := shelf(to); ok {
		if within(from, name) || slices.ContainsFunc(shelves[name].usedBy, func(user string) bool { return within(from, user) }) {
			return ""
		}
		if own, ok := shelf(from); ok && allows(shelves[own].uses, to) {
			return ""
		}
		return name + " is a shelf that only " + strings.Join(shelves[name].usedBy, ", ") + " may use"
	}
	if name, ok := shelf(from); ok {
		if allows(shelves[name].uses, to) {
			return ""
		}
		return "a shelf imports no room"
	}
	fromRoom, fromHeight, ok := room(from)
	if !ok {
		return "" // told once, by TestEveryPackageStandsOnAFloor
	}
	toRoom, toHeight, ok := room(to)
	switch {
	case !ok, fromRoom == toRoom, fromHeight > toHeight:
		return ""
	case fromHeight < toHeight:
		return "imports go down only"
	}
	if path.Dir(fromRoom) == toRoom {
		return ""
	}
	if _, open := doors[[2]string{fromRoom, toRoom}]; open {
		return ""
	}
	return "rooms of one floor have no door between them"
}

func allows(uses []string, to string) bool {
	return slices.Contains(uses, "*") || slices.ContainsFunc(uses, func(use string) bool { return within(to, use) })
}

func TestEveryPackageStandsOnAFloor(t *testing.T) {
	for _, p := range house(t) {
		if !p.ours() {
			continue
		}
		_, _, onFloor := room(p.place())
		_, onShelf := shelf(p.place())
		if !onFloor && !onShelf {
			t.Errorf("%s is on no floor and on no shelf of layering_test.go", p.place())
		}
	}
}

func TestImportsOnlyGoDownAndRoomsHaveNoDoors(t *testing.T) {
	for _, p := range house(t) {
		if !p.ours() {
			continue
		}
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			if why := objection(p.place(), place(imported)); why != "" {
				t.Errorf("%s imports %s: %s", p.place(), place(imported), why)
			}
		}
	}
}

// The table above is only worth something if it objects to what it should.
func TestLayeringObjects(t *testing.T) {
	for _, tt := range []struct {
		claim, from, to string
		refused         bool
	}{
		{"a ceremony may use the core", "ceremony/passcode", "core/otp", false},
		{"the core may not use a ceremony", "core/otp", "ceremony/passcode", true},
		{"the root may not use the core", ".", "core/otp", true},
		{"two ceremonies do not meet", "ceremony/signin", "ceremony/approval", true},
		{"a format may use its own room", "core/transfer/aegis", "core/transfer", false},
		{"transfer has its door to otpauth", "core/transfer/aegis", "core/otpauth", false},
		{"the door opens one way", "core/otpauth", "core/transfer", true},
		{"transfer has no other door", "core/transfer", "core/seal", true},
		{"web may not see the store", "web", "store", true},
		{"a gateway may not see the store", "gateway/oidc", "store", true},
		{"gateways do not meet", "gateway/oidc", "gateway/ciba", true},
		{"a gateway may use what all gateways share", "gateway/oidc", "gateway", false},
		{"the command wires", "cmd/countersignd", "store", false},
		{"web serves the app", "web", "app", false},
		{"a ceremony does not know the app", "ceremony/signin", "app", true},
		{"no room uses the workshop", "store", "scripts/suites", true},
		{"no room uses test databases", "store", "internal/postgrestest", true},
	} {
		if got := objection(tt.from, tt.to) != ""; got != tt.refused {
			t.Errorf("%s: refused = %v, want %v", tt.claim, got, tt.refused)
		}
	}
}

func TestRootUsesTheStandardLibraryOnly(t *testing.T) {
	packages := house(t)
	for _, imported := range packages[module].Deps {
		if p, known := packages[imported]; known && !p.Standard {
			t.Errorf("the root package depends on %s", imported)
		}
	}
}

func TestServerCannotOpenABackup(t *testing.T) {
	server, present := house(t)[module+"/cmd/countersignd"]
	if !present {
		t.Skip("SKIPPED: cmd/countersignd does not exist yet")
	}
	for _, dependency := range server.Deps {
		if slices.Contains(unsealed, dependency) {
			continue
		}
		for _, secret := range sealed {
			if within(dependency, secret) {
				t.Errorf("countersignd depends on %s", dependency)
			}
		}
	}
}

func TestOnlyTheStoreKnowsSQL(t *testing.T) {
	for _, p := range house(t) {
		if !p.ours() {
			continue
		}
		allowed := false
		for reader := range sqlReaders {
			allowed = allowed || within(p.place(), reader)
		}
		for _, imported := range p.Imports {
			for _, driver := range sqlPackages {
				if within(imported, driver) && !allowed {
					t.Errorf("%s imports %s", p.place(), imported)
				}
			}
		}
	}
}

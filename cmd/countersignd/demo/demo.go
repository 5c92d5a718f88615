package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
)

// people are made with these names; their passwords are drawn at each first
// start and printed: no password of this program is known to anybody else.
var people = []struct{ name, display string }{{"mara", "Mara Silva"}, {"jonas", "Jonas Berg"}}

const (
	clientID = "demo-payroll"
	// Another host than the server's "localhost": cookies know no ports.
	address = "127.0.0.1:8081"
)

// Demo is the running example.
type Demo struct {
	issuer    string
	base      string
	passwords map[string]string
}

// Start makes the people and the relying party where they are not there yet,
// and serves the relying party until ctx ends.
func Start(ctx context.Context, h *serve.House, log *slog.Logger) (*Demo, error) {
	issuer, err := url.Parse(h.Config.Issuer)
	if err != nil {
		return nil, err
	}
	host := issuer.Hostname()
	listen, _, err := net.SplitHostPort(h.Config.Listen)
	if ip := net.ParseIP(listen); err != nil || (host != "localhost" && host != "127.0.0.1") || (listen != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return nil, errors.New("the demo is for this machine alone: listen on 127.0.0.1 with an issuer on localhost")
	}
	d := &Demo{issuer: h.Config.Issuer, passwords: make(map[string]string)}
	for _, p := range people {
		if err := d.person(ctx, h, p.name, p.display); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		// The usual port is taken, by another demo perhaps: any other will do.
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	d.base = "http://" + listener.Addr().String()
	secret, err := d.register(ctx, h)
	if err != nil {
		return nil, err
	}
	party := newParty(d.issuer, d.base, secret)
	server := &http.Server{Handler: party.handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("demo relying party", "error", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return d, nil
}

func (d *Demo) person(ctx context.Context, h *serve.House, name, display string) error {
	password, err := drawn()
	if err != nil {
		return err
	}
	secret := countersign.NewSecret([]byte(password))
	role := countersign.Person
	if name == people[0].name {
		role = countersign.Owner
	}
	_, err = h.Admin.CreateAccount(ctx, name, display, role, secret)
	if errors.Is(err, countersign.ErrNameTaken) {
		// A second start with the same folder: the printed password must be
		// the one that works.
		a, err := h.Admin.Account(ctx, name)
		if err != nil {
			return err
		}
		if err := h.Password.Set(ctx, a.ID, "", admin.Operator, "", secret); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	d.passwords[name] = password
	return nil
}

// drawn is a password that people can type: 60 bits in three groups.
func drawn() (string, error) {
	var b [9]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	text := strings.NewReplacer("-", "a", "_", "b").Replace(strings.ToLower(base64.RawURLEncoding.EncodeToString(b[:])))
	return text[:4] + "-" + text[4:8] + "-" + text[8:], nil
}

// register gives the relying party a fresh secret at each start.
func (d *Demo) register(ctx context.Context, h *serve.House) (string, error) {
	if err := h.Admin.DeleteClient(ctx, clientID); err != nil && !errors.Is(err, countersign.ErrNotFound) {
		return "", err
	}
	_, secret, err := h.Admin.CreateClient(ctx, admin.NewClient{ID: clientID, Name: "Payroll",
		RedirectURIs: []string{d.base + "/callback"}, LogoutURIs: []string{d.base + "/"}})
	return secret, err
}

// Told is what the console says about the demo.
func (d *Demo) Told() string {
	var b strings.Builder
	fmt.Fprintf(&b, `
A demo is running. Two browser windows are enough:

  1. Sign in at     %s/security     as  mara  with  %s
     and choose "Add a phone".
  2. Open the phone %s/app     in a second, private window, and type the code there.
  3. Try it at      %s     "Sign in to Payroll".

There is also  jonas  with  %s
`, d.issuer, d.passwords["mara"], d.issuer, d.base, d.passwords["jonas"])
	return b.String() + "\n"
}

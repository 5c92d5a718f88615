package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone"
)

// deviceOf makes a device that can call, from what the vault keeps of it.
func (s *session) deviceOf(d *vault.Device) (*phone.Device, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.Key.Reveal())
	if err != nil {
		return nil, fmt.Errorf("the device key for %s: %w", shown(d.Issuer), err)
	}
	return &phone.Device{
		Client: &phone.Client{HTTP: s.http, Issuer: d.Issuer, Now: s.now},
		ID:     d.ID, AccountID: d.AccountID, Key: key,
	}, nil
}

// hostOf is a server's name as people say it.
func hostOf(issuer string) string {
	if u, err := url.Parse(issuer); err == nil && u.Host != "" {
		return shown(u.Host)
	}
	return shown(issuer)
}

// accountOf names one account at one server: mara@id.example.org.
func accountOf(d *vault.Device) string {
	name := shown(d.AccountName)
	if strings.Contains(name, "@") {
		return name + " at " + hostOf(d.Issuer)
	}
	return name + "@" + hostOf(d.Issuer)
}

// findDevices is the devices that a name means: account, account@host, host,
// issuer, or the beginning of a device's id.
func findDevices(devices []vault.Device, name string) []int {
	var exact, begun []int
	for i := range devices {
		d := &devices[i]
		for _, n := range []string{d.ID, d.AccountName, d.AccountName + "@" + hostOf(d.Issuer), hostOf(d.Issuer), d.Issuer, d.AccountName + " at " + hostOf(d.Issuer)} {
			if n != "" && strings.EqualFold(n, name) {
				exact = append(exact, i)
				break
			}
		}
		if len(name) >= 4 && strings.HasPrefix(d.ID, name) {
			begun = append(begun, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return begun
}

type accountsCommand struct{}

type accountShown struct {
	Device     string `json:"device"`
	Account    string `json:"account"`
	AccountID  string `json:"account_id"`
	Issuer     string `json:"issuer"`
	ServerName string `json:"server_name"`
	Name       string `json:"name"`
	Platform   string `json:"platform"`
	State      string `json:"state"`
	Enrolled   string `json:"enrolled"`
	Safety     string `json:"safety,omitempty"`
}

func showDevice(d *vault.Device) accountShown {
	return accountShown{Device: d.ID, Account: d.AccountName, AccountID: d.AccountID, Issuer: d.Issuer, ServerName: d.ServerName,
		Name: d.Name, Platform: string(d.Platform), State: string(d.State), Enrolled: d.Enrolled.UTC().Format(time.RFC3339), Safety: d.Safety}
}

func (*accountsCommand) Run(s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	accounts := make([]accountShown, 0, len(c.Devices))
	var rows [][]string
	for i := range c.Devices {
		d := &c.Devices[i]
		accounts = append(accounts, showDevice(d))
		rows = append(rows, []string{accountOf(d), shown(d.ServerName), shown(d.Name), string(d.State), d.Enrolled.Local().Format("2006-01-02")})
	}
	if s.JSON {
		return writeJSON(s.stdout, map[string]any{"accounts": accounts})
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(s.stdout, saidNoDevices, nextNoDevices)
		return err
	}
	return table(s.stdout, "ACCOUNT SERVER AS STATE SINCE", rows)
}

// clockTolerance is what people do not notice: below it nothing is said.
const clockTolerance = 30 * time.Second

type statusCommand struct {
	Name string `arg:"" optional:"" help:"Only this account."`
}

type noticeShown struct {
	At   string `json:"at"`
	Text string `json:"text"`
}

type statusShown struct {
	accountShown
	ClockOffset float64       `json:"clock_offset"` // seconds that the server is ahead
	Notices     []noticeShown `json:"notices"`
	Error       string        `json:"error,omitempty"`
}

func (k *statusCommand) Run(ctx context.Context, s *session) error {
	c, err := s.content()
	if err != nil {
		return err
	}
	asked := c.Devices
	if k.Name != "" {
		asked = nil
		for _, i := range findDevices(c.Devices, k.Name) {
			asked = append(asked, c.Devices[i])
		}
	}
	if len(asked) == 0 {
		return &failure{exit: exitNone, code: "no-devices", said: saidNoDevices, next: nextNoDevices}
	}
	answers := make([]standing, len(asked))
	var all sync.WaitGroup
	for i := range asked {
		all.Go(func() { answers[i] = s.standing(ctx, asked[i]) })
	}
	all.Wait()
	if err := s.record(ctx, c, answers); err != nil {
		return err
	}
	var failed error
	accounts := make([]statusShown, 0, len(answers))
	for i := range answers {
		a := &answers[i]
		out := statusShown{accountShown: showDevice(&a.device), ClockOffset: a.offset.Seconds(), Notices: []noticeShown{}}
		for _, n := range a.notices {
			out.Notices = append(out.Notices, noticeShown{n.At.UTC().Format(time.RFC3339), n.Text})
		}
		if a.err != nil {
			failed = a.err
			out.Error = failureOf(a.err, s.Vault).said
		}
		accounts = append(accounts, out)
		if !s.JSON {
			fmt.Fprint(s.stdout, a.told(s.Vault))
		}
	}
	if s.JSON {
		return writeJSON(s.stdout, map[string]any{"accounts": accounts})
	}
	if failed != nil {
		return &failure{exit: failureOf(failed, s.Vault).exit, code: "status", said: "Not every server answered.", next: nextNoAnswer, cause: failed}
	}
	return nil
}

// standing is how one device stands, as far as its server told.
type standing struct {
	device  vault.Device
	offset  time.Duration
	notices []phone.Notice
	err     error
}

func (s *session) standing(ctx context.Context, d vault.Device) standing {
	device, err := s.deviceOf(&d)
	if err != nil {
		return standing{device: d, err: err}
	}
	status, err := device.Fetch(ctx)
	if phone.CodeOf(err) == phone.DeviceUnknown {
		d.State, d.Safety = countersign.DeviceRevoked, ""
		return standing{device: d}
	}
	if err != nil {
		return standing{device: d, err: err}
	}
	d.State, d.Name, d.AccountName, d.ServerName = status.State, status.Name, status.AccountName, status.ServerName
	if d.State != countersign.DevicePending {
		d.Safety = ""
	}
	out := standing{device: d, offset: device.Offset(), notices: status.Notices}
	if at, err := device.Client.ServerTime(ctx); err == nil {
		out.offset = at.Sub(s.now())
	}
	return out
}

func (a *standing) told(path string) string {
	var b strings.Builder
	who := accountOf(&a.device)
	switch {
	case a.err != nil:
		fmt.Fprintf(&b, "%s: %s\n", who, failureOf(a.err, path).said)
	case a.device.State == countersign.DevicePending:
		fmt.Fprintf(&b, "%s: waits for the six digits. Type them on the page: %s\n", who, grouped(a.device.Safety))
	case a.device.State == countersign.DeviceRevoked:
		fmt.Fprintf(&b, "%s: this computer was removed there, or its enrolment ended. To take it off this list: countersign remove %s --forget\n", who, quoted(who))
	default:
		fmt.Fprintf(&b, "%s: active, as %s\n", who, shown(a.device.Name))
	}
	if a.offset > clockTolerance || a.offset < -clockTolerance {
		fmt.Fprintf(&b, "  %s\n", saidClock(a.offset, hostOf(a.device.Issuer)))
	}
	for _, n := range a.notices {
		fmt.Fprintf(&b, "  %s  %s\n", n.At.Local().Format("2006-01-02 15:04"), shown(n.Text))
	}
	return b.String()
}

// record keeps what servers told, if it is news.
func (s *session) record(ctx context.Context, c *vault.Content, answers []standing) error {
	known := make(map[string]vault.Device, len(c.Devices))
	for _, d := range c.Devices {
		known[d.Issuer+" "+d.ID] = d
	}
	news := false
	for _, a := range answers {
		d := known[a.device.Issuer+" "+a.device.ID]
		news = news || d.State != a.device.State || d.Name != a.device.Name || d.AccountName != a.device.AccountName || d.ServerName != a.device.ServerName
	}
	if !news {
		return nil
	}
	return s.update(ctx, func(c *vault.Content) error {
		for _, a := range answers {
			for i := range c.Devices {
				if d := &c.Devices[i]; d.Issuer == a.device.Issuer && d.ID == a.device.ID {
					*d = a.device
				}
			}
		}
		return nil
	})
}

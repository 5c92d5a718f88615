package serve

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/pelletier/go-toml/v2"
)

// Config is everything that an operator may choose. Every field has a default
// with which `countersignd serve` works on one machine.
type Config struct {
	Listen      string   `toml:"listen" json:"listen"`             // address and port to listen on
	Issuer      string   `toml:"issuer" json:"issuer"`             // the public base address, without a trailing slash
	Name        string   `toml:"name" json:"name"`                 // what people see: "Example Org"
	Folder      string   `toml:"data" json:"data"`                 // folder of the database and the key file
	Database    string   `toml:"database" json:"database"`         // "" = SQLite in the folder, or postgres://…
	TLSCert     string   `toml:"tls_cert" json:"tls_cert"`         // certificate chain, PEM
	TLSKey      string   `toml:"tls_key" json:"tls_key"`           // its key, PEM
	BehindProxy []string `toml:"behind_proxy" json:"behind_proxy"` // networks of proxies whose X-Forwarded-For counts

	Approval ApprovalConfig `toml:"approval" json:"approval"`
	SignIn   SignInConfig   `toml:"signin" json:"signin"`
}

// ApprovalConfig is the policy of approvals.
type ApprovalConfig struct {
	Life   Duration `toml:"life" json:"life"`     // how long a request waits: 30s to 10m
	Digits int      `toml:"digits" json:"digits"` // of the number in a familiar browser: 2 or 6
}

// SignInConfig is the policy of signing in.
type SignInConfig struct {
	Offered      []string `toml:"offered" json:"offered"`             // methods offered to a browser about which nothing is known, in order
	SecondFactor bool     `toml:"second_factor" json:"second_factor"` // refuse accounts that have one factor only
}

// Duration reads "60s" and "10m".
type Duration time.Duration

// UnmarshalText reads a duration as Go spells it.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration such as 60s or 10m", text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes it the same way.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Defaults is a server for one machine.
func Defaults() Config {
	return Config{
		Listen: "127.0.0.1:8080", Name: "Countersign", Folder: "data",
		Approval: ApprovalConfig{Life: Duration(countersign.ApprovalLife), Digits: countersign.DigitsFamiliar},
		SignIn:   SignInConfig{Offered: []string{"password", "approval", "passcode"}},
	}
}

// ReadConfig reads a configuration file over the defaults. A key that nobody
// knows is refused by its name: a misspelt limit would otherwise be no limit.
func ReadConfig(path string) (Config, error) {
	c := Defaults()
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("configuration: %w", err)
	}
	dec := toml.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(&c)
	if strict := (*toml.StrictMissingError)(nil); errors.As(err, &strict) {
		var keys []string
		for _, e := range strict.Errors {
			row, _ := e.Position()
			keys = append(keys, fmt.Sprintf("%q in line %d", strings.Join(e.Key(), "."), row))
		}
		return c, fmt.Errorf("configuration %s: unknown key %s", path, strings.Join(keys, ", "))
	}
	if wrong := (*toml.DecodeError)(nil); errors.As(err, &wrong) {
		row, column := wrong.Position()
		return c, fmt.Errorf("configuration %s, line %d, column %d: %s", path, row, column, wrong.Error())
	}
	if err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// checked fills in what follows from the rest and refuses what cannot work,
// naming the key.
func (c Config) checked() (Config, error) {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c, fmt.Errorf("listen = %q: an address and a port are needed, such as 127.0.0.1:8080", c.Listen)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return c, errors.New("tls_cert and tls_key belong together: one of them is missing")
	}
	if c.Issuer == "" {
		scheme := "http"
		if c.TLSCert != "" {
			scheme = "https"
		}
		if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
			host = "localhost" // browsers treat it as secure, and cookies keep their names
		} else {
			return c, fmt.Errorf("listen = %q is reached from outside: say under which address, issuer = \"https://…\"", c.Listen)
		}
		c.Issuer = scheme + "://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return c, fmt.Errorf("issuer = %q: scheme, host and port are needed and nothing else, such as https://id.example.org", c.Issuer)
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
		return c, fmt.Errorf("issuer = %q: http is for this machine alone; give --tls-cert and --tls-key, or https behind a proxy", c.Issuer)
	}
	if life := time.Duration(c.Approval.Life); life < 30*time.Second || life > 10*time.Minute {
		return c, fmt.Errorf("approval.life = %q: from 30s to 10m", life)
	}
	if c.Approval.Digits != countersign.DigitsFamiliar && c.Approval.Digits != countersign.DigitsUnfamiliar {
		return c, fmt.Errorf("approval.digits = %d: 2 or 6", c.Approval.Digits)
	}
	if len(c.SignIn.Offered) == 0 {
		return c, errors.New("signin.offered is empty: nobody could sign in")
	}
	for i, m := range c.SignIn.Offered {
		if !slices.Contains([]signin.Method{signin.MethodPassword, signin.MethodApproval, signin.MethodPasscode}, signin.Method(m)) || slices.Contains(c.SignIn.Offered[:i], m) {
			return c, fmt.Errorf("signin.offered: %q: each of password, approval and passcode at most once", m)
		}
	}
	if _, err := c.proxies(); err != nil {
		return c, err
	}
	return c, nil
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range c.BehindProxy {
		if addr, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("behind_proxy: %q is no address and no network", text)
		}
		out = append(out, prefix)
	}
	return out, nil
}

// StoreURL is where the database is.
func (c Config) StoreURL() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Folder, "countersign.db")
}

// KeyFile seals what the database keeps secret. A copy of the database alone
// opens nothing.
func (c Config) KeyFile() string { return filepath.Join(c.Folder, "keys.json") }

func (c Config) offered() []signin.Method {
	var out []signin.Method
	for _, m := range c.SignIn.Offered {
		out = append(out, signin.Method(m))
	}
	return out
}

// Effective is the configuration as the server would run with it, or why it
// would not.
func (c Config) Effective() (Config, error) { return c.checked() }

// StoreShown is where the database is, without the password that a URL may
// hold (check K1).
func (c Config) StoreShown() string {
	if u, err := url.Parse(c.StoreURL()); err == nil && u.Scheme != "" {
		return u.Redacted()
	}
	return c.StoreURL()
}

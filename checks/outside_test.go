package checks

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
)

const apache = "/usr/sbin/apache2"

// needsApache skips loudly, or fails where the machine must have it.
func needsApache(t *testing.T) {
	t.Helper()
	const module = "/usr/lib/apache2/modules/mod_auth_openidc.so"
	for _, file := range []string{apache, module} {
		if _, err := os.Stat(file); err != nil {
			if strings.Contains(os.Getenv("COUNTERSIGN_TEST_REQUIRE"), "browsers") {
				t.Fatalf("%s is required and absent: make deps installs it", file)
			}
			t.Skipf("SKIPPED: %s is not installed (make deps installs it)", file)
		}
	}
}

// TestAnOutsideClientSignsItsUserIn proves the provider with a client that
// nobody here wrote: Debian's mod_auth_openidc, configured by its own
// documentation and nothing else.
func TestAnOutsideClientSignsItsUserIn(t *testing.T) {
	needsApache(t)
	for _, algorithm := range []string{"ES256", "RS256"} {
		t.Run(algorithm, func(t *testing.T) {
			s := start(t, nil)
			a := s.account("mara")
			_, device := withPhone(s, "mara")
			base := startApache(t, s, algorithm)
			jar, _ := cookiejar.New(nil)
			outside := &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
				if r.URL.Host == s.at("/").Host {
					return http.ErrUseLastResponse // from here on the person's browser speaks to us
				}
				return nil
			}}
			visit := func(address string) *http.Response {
				r, _ := http.NewRequest(http.MethodGet, address, nil)
				r.Header.Set("Accept", "text/html") // it sends programs away with 401
				res, err := outside.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			res := visit(base + "/protected/")
			res.Body.Close()
			to := res.Header.Get("Location")
			if !strings.HasPrefix(to, s.issuer+"/oidc/authorize?") {
				t.Fatalf("the client sent the browser to %q with %d", to, res.StatusCode)
			}
			b := newBrowser(s)
			b.get(to).submit("/signin", map[string]string{"name": "mara"}).password(goodPassword)
			if state, code := decide(device, waiting(t, device), countersign.Approve, b.number()); state != countersign.ApprovalApproved {
				t.Fatalf("approving gave %q, %q", state, code)
			}
			b.get(b.where.Path).finish()
			if !strings.HasPrefix(b.where.String(), base+"/protected/callback?") {
				t.Fatalf("the answer went to %s:\n%s", b.where, b.shown)
			}
			res = visit(b.where.String())
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			if want := "hello " + a.ID + " mara"; res.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != want {
				t.Errorf("the client shows %d %q; want %q", res.StatusCode, body, want)
			}
		})
	}
}

// startApache runs the client until the test ends.
func startApache(t *testing.T, s *server, algorithm string) string {
	t.Helper()
	folder := t.TempDir()
	// Apache started by root serves as another user, who must read the page.
	for _, dir := range []string{folder, filepath.Dir(folder)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := probe.Addr().String()
	base := "http://" + address
	client, secret, err := s.Admin.CreateClient(t.Context(), admin.NewClient{Name: "Intranet", RedirectURIs: []string{base + "/protected/callback"}, Algorithm: algorithm})
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(folder, "www", "protected")
	if err := os.MkdirAll(page, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(page, "index.shtml"), []byte(`hello <!--#echo var="OIDC_CLAIM_sub" --> <!--#echo var="OIDC_CLAIM_preferred_username" -->`), 0o644); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`ServerRoot %[1]q
ServerName localhost
Listen %[2]s
PidFile %[1]s/pid
ErrorLog /dev/stderr
User nobody
Group nogroup
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authn_core_module /usr/lib/apache2/modules/mod_authn_core.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule authz_user_module /usr/lib/apache2/modules/mod_authz_user.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule include_module /usr/lib/apache2/modules/mod_include.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule auth_openidc_module /usr/lib/apache2/modules/mod_auth_openidc.so
TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
DirectoryIndex index.shtml
DocumentRoot %[1]s/www
OIDCProviderMetadataURL %[3]s/.well-known/openid-configuration
OIDCClientID %[4]s
OIDCClientSecret %[5]s
OIDCRedirectURI %[6]s/protected/callback
OIDCCryptoPassphrase %[7]s
OIDCScope "openid profile"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg %[8]s
OIDCCacheType file
OIDCCacheDir %[1]s
<Location /protected>
  AuthType openid-connect
  Require valid-user
</Location>
<Directory %[1]s/www>
  Options +Includes
</Directory>
`, folder, address, s.issuer, client.ID, secret, base, drawn(), algorithm)
	file := filepath.Join(folder, "apache.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777); err != nil { // its cache
		t.Fatal(err)
	}
	probe.Close()
	said := &logged{}
	command := exec.Command(apache, "-f", file, "-DFOREGROUND")
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-ended
		if t.Failed() {
			t.Logf("apache said:\n%s", said)
		}
	})
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return base
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("apache ended: %v\n%s", err, said)
		default:
		}
	}
	t.Fatalf("apache does not answer at %s\n%s", (&url.URL{Host: address}).Host, said)
	return ""
}

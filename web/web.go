package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/ceremony/passcode"
	"github.com/countersign-id/countersign/ceremony/password"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/gateway"
)

// Store is what the pages read themselves; what they change goes through the
// ceremonies, but for ending a session.
type Store interface {
	Accounts
	Sessions
}

// Accounts is what the pages read of accounts and relying parties.
type Accounts interface {
	CountAccounts(ctx context.Context) (int, error)
	AccountByID(ctx context.Context, id string) (countersign.Account, error)
	Devices(ctx context.Context, accountID string) ([]countersign.Device, error)
	Passcodes(ctx context.Context, accountID string) ([]countersign.Passcode, error)
	Notices(ctx context.Context, accountID string, since time.Time, limit int) ([]countersign.Notice, error)
	RecentApprovals(ctx context.Context, accountID string, limit int) ([]countersign.Approval, error)
	Client(ctx context.Context, id string) (countersign.Client, error)
}

// Sessions is what the pages read and end; only the ceremony signin makes one.
type Sessions interface {
	Session(ctx context.Context, key string) (countersign.Session, error)
	TouchSession(ctx context.Context, key string, now time.Time) error
	EndSession(ctx context.Context, key string, event countersign.Event) error
	EndSessions(ctx context.Context, accountID, exceptKey string, event countersign.Event) (int, error)
	Sessions(ctx context.Context, accountID string, now time.Time) ([]countersign.Session, error)
}

// Bus tells a waiting page that something changed.
type Bus interface {
	Wait(topics ...countersign.Topic) (woken <-chan struct{}, leave func())
}

// Config wires the pages.
type Config struct {
	SignIn    *signin.Ceremony
	Password  *password.Ceremony
	Passcode  *passcode.Ceremony
	Approval  *approval.Ceremony
	Enrolment *enrolment.Ceremony
	Admin     *admin.Ceremony // of the first run alone

	Store Store
	Bus   Bus

	Issuer     string // public base address, no trailing slash
	ServerName string
	Peers      gateway.Peers
	Pace       Pace // the zero value is a sensible pace
	Now        func() time.Time
	// Place is where an address is, for people; "" or "unknown" where nobody knows.
	Place func(address string) string
	// Unexpected is told of errors that are nobody's fault outside.
	Unexpected func(error)
}

// Web answers browsers.
type Web struct {
	Config
	host   string // of the issuer
	pages  pages
	assets *assets
	pace   *pacer
	cross  *http.CrossOriginProtection
}

// New reads templates and assets, which are part of the program: an error here
// is a defect of the build, or an issuer that is no address.
func New(c Config) (*Web, error) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, err
	}
	if issuer.Host == "" || issuer.Path != "" {
		return nil, errors.New("web: the issuer must be scheme and host, with no path")
	}
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	w := &Web{Config: c, host: issuer.Host, assets: assets, pace: newPacer(c.Pace), cross: http.NewCrossOriginProtection()}
	if w.pages, err = loadPages(assets); err != nil {
		return nil, err
	}
	return w, nil
}

// Routes is this room's part of the table.
func (s *Web) Routes() []gateway.Route {
	return []gateway.Route{
		s.owned("GET /{$}", gateway.SignedIn, s.front),
		s.open("GET /favicon.ico", gateway.Anyone, s.favicon),
		s.open("GET /assets/{version}/{file}", gateway.Anyone, s.asset),

		s.open("GET /signin", gateway.Anyone, s.name),
		s.open("POST /signin", gateway.Anyone, s.begin),
		s.attempt("GET /signin/{id}", s.next),
		s.attempt("GET /signin/{id}/live", s.signInLive),
		s.attempt("POST /signin/{id}/password", s.password),
		s.attempt("POST /signin/{id}/passcode", s.passcode),
		s.attempt("POST /signin/{id}/approval", s.ask),
		s.attempt("POST /signin/{id}/finish", s.finish),
		s.attempt("POST /signin/{id}/leave", s.leave),

		s.owned("GET /signout", gateway.SignedIn, s.signOutAsk),
		s.owned("POST /signout", gateway.SignedIn, s.signOut),

		s.open("GET /setup", gateway.SetupCode, s.setup),
		s.open("POST /setup", gateway.SetupCode, s.redeemSetup),

		s.owned("GET /security", gateway.SignedIn, s.security),
		s.owned("POST /security/sessions/end-all", gateway.SignedIn, s.endSessions),
		s.owned("POST /security/sessions/{key}/end", gateway.SignedIn, s.endSession),

		s.owned("GET /security/password", gateway.FreshOwner, s.passwordForm),
		s.owned("POST /security/password", gateway.FreshOwner, s.setPassword),

		s.owned("GET /security/phones/{id}", gateway.SignedIn, s.device),
		s.owned("POST /security/phones/{id}/rename", gateway.FreshOwner, s.renameDevice),
		s.owned("POST /security/phones/{id}/remove", gateway.FreshOwner, s.removeDevice),

		s.owned("POST /security/phones", gateway.FreshOwner, s.openBinding),
		s.owned("GET /security/bindings/{id}", gateway.SignedIn, s.binding),
		s.owned("GET /security/bindings/{id}/live", gateway.SignedIn, s.bindingLive),
		s.owned("POST /security/bindings/{id}/confirm", gateway.FreshOwner, s.confirmBinding),
		s.owned("POST /security/bindings/{id}/test", gateway.SignedIn, s.testBinding),
		s.owned("POST /security/bindings/{id}/cancel", gateway.SignedIn, s.cancelBinding),

		s.owned("POST /security/passcodes", gateway.FreshOwner, s.beginPasscode),
		s.owned("GET /security/passcodes/{id}", gateway.FreshOwner, s.passcodePage),
		s.owned("POST /security/passcodes/{id}/confirm", gateway.FreshOwner, s.confirmPasscode),
		s.owned("POST /security/passcodes/{id}/remove", gateway.FreshOwner, s.removePasscode),
	}
}

package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/app"
	"github.com/countersign-id/countersign/gateway"
	"github.com/countersign-id/countersign/gateway/oidc"
	"github.com/countersign-id/countersign/gateway/phoneapi"
	"github.com/countersign-id/countersign/web"
)

// Server is a house with its doors open.
type Server struct {
	*House
	Handler http.Handler
	Routes  []gateway.Route
	// SetupCode is for the console, "" once the server has an owner.
	SetupCode string
}

// Limits of one connection. Headers come at once or not at all; answers are
// short but for live channels, which lift their own limit.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 2 * time.Minute
	mostHeader = 32 << 10
)

// New opens the house and wires its doors.
func New(ctx context.Context, c Config, log *slog.Logger, now func() time.Time) (*Server, error) {
	h, err := Open(ctx, c, log, now)
	if err != nil {
		return nil, err
	}
	s, err := newServer(ctx, h)
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return s, nil
}

func newServer(ctx context.Context, h *House) (*Server, error) {
	proxies, err := h.Config.proxies()
	if err != nil {
		return nil, err
	}
	peers := gateway.Peers{Trusted: proxies}
	unexpected := func(err error) { h.log.Error("unexpected", "error", err) }
	seal, err := h.Store.ServerSecret(ctx, "oidc-seal", func() ([]byte, error) {
		key := make([]byte, 32)
		return key, Random(key)
	})
	if err != nil {
		return nil, err
	}
	pages, err := web.New(web.Config{
		SignIn: h.SignIn, Password: h.Password, Passcode: h.Passcode, Approval: h.Approval, Enrolment: h.Enrolment, Admin: h.Admin,
		Store: h.Store, Bus: h.Bus, Issuer: h.Config.Issuer, ServerName: h.Config.Name, Peers: peers, Now: h.Now,
		Place: func(string) string { return "unknown" }, Unexpected: unexpected,
	})
	if err != nil {
		return nil, err
	}
	provider, err := oidc.New(ctx, oidc.Config{Store: h.Store, Keys: h.Store, Issuer: h.Config.Issuer, Seal: seal, Peers: peers,
		Now: h.Now, Random: Random, NewID: NewID, Unexpected: unexpected, Refuse: pages.Refuse})
	if err != nil {
		return nil, err
	}
	phones := phoneapi.New(phoneapi.Config{Store: h.Store, Bus: h.Bus, Approvals: h.Approval, Enrolments: h.Enrolment,
		Issuer: h.Config.Issuer, ServerName: h.Config.Name, Peers: peers, Now: h.Now, Told: web.NoticeText, Unexpected: unexpected})
	s := &Server{House: h}
	s.Routes = append(s.Routes, pages.Routes()...)
	s.Routes = append(s.Routes, provider.Routes()...)
	s.Routes = append(s.Routes, phones.Routes()...)
	s.Routes = append(s.Routes, appRoutes(app.FS())...)
	s.Routes = append(s.Routes, h.healthRoutes()...)
	mux := gateway.Mux(s.Routes, pages.NotFound)
	issuer, err := url.Parse(h.Config.Issuer)
	if err != nil {
		return nil, err
	}
	s.Handler = h.recovered(gateway.ForHost(issuer.Host, mux))
	if s.SetupCode, err = h.Admin.BeginSetup(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// recovered turns a panic into a problem: never a stack trace on a page, never
// a secret in the log (check K1: the panic's own text is left out of the
// answer, and values in this program that are secret do not print).
func (h *House) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			h.log.Error("panic", "path", r.URL.Path, "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			gateway.WriteProblem(w, gateway.ProblemOf(errors.New("panic")))
		}()
		next.ServeHTTP(w, r)
	})
}

func (h *House) healthRoutes() []gateway.Route {
	return []gateway.Route{
		{Method: "GET", Path: "/healthz", Caller: gateway.Anyone, Serve: func(w http.ResponseWriter, _ *http.Request) {
			gateway.WriteJSON(w, http.StatusOK, map[string]string{"status": "running"})
		}},
		{Method: "GET", Path: "/readyz", Caller: gateway.Anyone, Serve: func(w http.ResponseWriter, r *http.Request) {
			if err := h.Store.Ready(r.Context()); err != nil {
				gateway.WriteProblem(w, gateway.ProblemOf(countersign.ErrUnavailable))
				return
			}
			gateway.WriteJSON(w, http.StatusOK, map[string]string{"status": "ready"})
		}},
	}
}

// Listen takes the port.
func (s *Server) Listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.Config.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen = %q: %w", s.Config.Listen, err)
	}
	return l, nil
}

// Serve answers on l until ctx ends, then finishes what is under way. It tidies
// the store once an hour.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s.Handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: mostHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	if s.Config.TLSCert != "" {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	ended := make(chan error, 1)
	go func() {
		if s.Config.TLSCert != "" {
			ended <- server.ServeTLS(l, s.Config.TLSCert, s.Config.TLSKey)
			return
		}
		ended <- server.Serve(l)
	}()
	tidy := time.NewTicker(time.Hour)
	defer tidy.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tidy.C:
			if _, err := s.Store.Prune(ctx, s.Now()); err != nil {
				s.log.Warn("tidying the store", "error", err)
			}
		case <-ctx.Done():
			s.Bus.Close() // live channels end, or shutting down would wait for them
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			return server.Shutdown(grace)
		}
	}
}

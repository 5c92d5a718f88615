package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/countersign-id/countersign/cmd/countersignd/demo"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
)

type serveCommand struct {
	TLSCert     string   `name:"tls-cert" help:"Certificate chain (PEM). A real phone needs HTTPS." type:"path" placeholder:"FILE"`
	TLSKey      string   `name:"tls-key" help:"Its key (PEM)." type:"path" placeholder:"FILE"`
	BehindProxy []string `help:"Address or network of a proxy whose X-Forwarded-For counts; may be repeated." placeholder:"NETWORK"`
	Name        string   `help:"What people see as this server's name." placeholder:"NAME"`
	Demo        bool     `help:"Loopback only: make two people and a small application to try everything with."`
}

func (s *serveCommand) Run(ctx context.Context, p program, c *commands) error {
	settings, err := c.settings()
	if err != nil {
		return err
	}
	if s.TLSCert != "" || s.TLSKey != "" {
		settings.TLSCert, settings.TLSKey = s.TLSCert, s.TLSKey
	}
	if len(s.BehindProxy) > 0 {
		settings.BehindProxy = s.BehindProxy
	}
	if s.Name != "" {
		settings.Name = s.Name
	}
	server, err := serve.New(ctx, settings, p.log, nil)
	if err != nil {
		return err
	}
	defer server.Close()
	listener, err := server.Listen(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Countersign is at %s\n", server.Config.Issuer)
	if s.Demo {
		example, err := demo.Start(ctx, server.House, p.log)
		if err != nil {
			return err
		}
		fmt.Fprint(p.stdout, example.Told())
	} else if server.SetupCode != "" {
		fmt.Fprintf(p.stdout, "Set it up at %s/setup with the code  %s\nThe code is for whoever runs this server; it works once.\n", server.Config.Issuer, server.SetupCode)
	}
	fmt.Fprintln(p.stdout, "Ctrl-C stops it.")
	err = server.Serve(ctx, listener)
	if ctx.Err() != nil {
		fmt.Fprintln(p.stdout, "Stopped.")
	}
	return err
}

type checkConfig struct {
	JSON bool `help:"Print as JSON."`
}

func (k *checkConfig) Run(p program, c *commands) error {
	settings, err := c.settings()
	if err != nil {
		return err
	}
	effective, err := settings.Effective()
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if k.JSON {
		return printJSON(p.stdout, effective)
	}
	fmt.Fprintf(p.stdout, "The configuration is good.\nissuer   %s\nlisten   %s\nstore    %s\nkeys     %s\n", effective.Issuer, effective.Listen, effective.StoreShown(), effective.KeyFile())
	return nil
}

type versionCommand struct {
	JSON bool `help:"Print as JSON."`
}

func (v *versionCommand) Run(p program) error {
	shown := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}{Version: "unreleased"}
	if build, ok := debug.ReadBuildInfo(); ok {
		shown.Go = build.GoVersion
		if build.Main.Version != "" && build.Main.Version != "(devel)" {
			shown.Version = build.Main.Version
		}
	}
	if v.JSON {
		return printJSON(p.stdout, shown)
	}
	_, err := fmt.Fprintf(p.stdout, "countersignd %s, %s\n", shown.Version, shown.Go)
	return err
}

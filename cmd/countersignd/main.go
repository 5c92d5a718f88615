package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/cmd/countersignd/serve"
)

// Exit codes, as --help tells them.
const (
	exitFailed = 1 // it did not work; the message says why
	exitUsage  = 2 // the command line or the configuration is wrong
	exitNo     = 3 // the thing named does not exist
	exitTaken  = 4 // the name is taken
	exitBad    = 5 // a check found something wrong
)

type commands struct {
	Config string `help:"Configuration file (TOML). Without it, every setting has a default." type:"path" placeholder:"FILE"`
	Data   string `help:"Folder of the database and the key file." placeholder:"FOLDER" env:"COUNTERSIGN_DATA"`
	Issuer string `help:"Public base address, such as https://id.example.org." placeholder:"URL" env:"COUNTERSIGN_ISSUER"`
	Listen string `help:"Address and port to listen on." placeholder:"HOST:PORT" env:"COUNTERSIGN_LISTEN"`
	DB     string `name:"database" help:"postgres://… instead of SQLite in the data folder." placeholder:"URL" env:"COUNTERSIGN_DATABASE"`

	Serve       serveCommand   `cmd:"" help:"Run the server."`
	Admin       adminCommands  `cmd:"" help:"Accounts, relying parties, phones and the audit log, from the host itself."`
	CheckConfig checkConfig    `cmd:"" help:"Read the configuration, say what is in force, and stop."`
	Version     versionCommand `cmd:"" help:"Print the version."`
}

const teaching = `The server of Countersign: approve a sign-in on the phone by typing the number that the page shows.

  countersignd serve
  echo 'a long password' | countersignd admin account create mara
  countersignd admin client create --name Payroll --redirect-uri https://payroll.example.org/callback
  countersignd admin phone enrol mara

Commands that print take --json. Exit codes: 0 done, 1 it did not work, 2 the command line or the configuration is wrong, 3 the thing named does not exist, 4 the name is taken, 5 a check found something wrong.`

// program is what commands run with; tests give their own.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	log            *slog.Logger
}

func main() {
	os.Exit(run(os.Args[1:], program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
}

func run(args []string, p program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p.log = slog.New(slog.NewTextHandler(p.stderr, nil))
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("countersignd"), kong.Description(teaching), kong.Writers(p.stdout, p.stderr), kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		fmt.Fprintln(p.stderr, "countersignd:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "countersignd: %v\nRun countersignd --help.\n", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(p, &c)
	if err == nil {
		return 0
	}
	fmt.Fprintln(p.stderr, "countersignd:", err)
	return exitCode(err)
}

// errUsage marks what the caller must write differently.
var errUsage = errors.New("usage")

func exitCode(err error) int {
	switch {
	case errors.Is(err, countersign.ErrNotFound):
		return exitNo
	case errors.Is(err, countersign.ErrNameTaken):
		return exitTaken
	case errors.Is(err, errChecked):
		return exitBad
	case errors.Is(err, errUsage), errors.Is(err, countersign.ErrMalformed):
		return exitUsage
	}
	return exitFailed
}

// settings is the configuration file, if any, under the command line.
func (c *commands) settings() (serve.Config, error) {
	settings := serve.Defaults()
	if c.Config != "" {
		var err error
		if settings, err = serve.ReadConfig(c.Config); err != nil {
			return settings, fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	for _, set := range []struct {
		to   *string
		from string
	}{{&settings.Folder, c.Data}, {&settings.Issuer, c.Issuer}, {&settings.Listen, c.Listen}, {&settings.Database, c.DB}} {
		if set.from != "" {
			*set.to = set.from
		}
	}
	return settings, nil
}

// house opens the store for a command at the host.
func (c *commands) house(ctx context.Context, p program) (*serve.House, error) {
	settings, err := c.settings()
	if err != nil {
		return nil, err
	}
	return serve.Open(ctx, settings, p.log, nil)
}

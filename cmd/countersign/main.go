package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// commands is the command line.
type commands struct {
	Vault          string `help:"The vault's file. Default: ${vault}." placeholder:"PATH" env:"COUNTERSIGN_VAULT" type:"path"`
	PassphraseFile string `help:"A file whose first line opens the vault." placeholder:"FILE" env:"COUNTERSIGN_PASSPHRASE_FILE"`
	JSON           bool   `help:"Print JSON, failures too."`

	Code codeCommand `cmd:"" group:"codes" help:"Print the code of an account."`
	List listCommand `cmd:"" group:"codes" help:"List the accounts that make codes."`
	Add  addCommand  `cmd:"" group:"codes" help:"Add an account by its otpauth link or its key."`
	Edit editCommand `cmd:"" group:"codes" help:"Change an account's names, note, tags or counter."`

	QR    qrCommand    `cmd:"" name:"qr" group:"codes" help:"Draw an account as a QR code, for a phone to scan."`
	Watch watchCommand `cmd:"" group:"codes" help:"Show all codes, live, on the whole screen."`

	Enrol    enrolCommand    `cmd:"" group:"approvals" help:"Make this computer an authenticator of an account."`
	Status   statusCommand   `cmd:"" group:"approvals" help:"Say how this computer stands at each server."`
	Pending  pendingCommand  `cmd:"" group:"approvals" help:"List the sign-ins that wait for a decision."`
	Approve  approveCommand  `cmd:"" group:"approvals" help:"Approve a sign-in by the number on its screen."`
	Deny     denyCommand     `cmd:"" group:"approvals" help:"Deny a sign-in."`
	Report   reportCommand   `cmd:"" group:"approvals" help:"Deny a sign-in and report it to the operator."`
	Accounts accountsCommand `cmd:"" group:"approvals" help:"List the accounts that this computer can approve for."`

	Import  importCommand  `cmd:"" group:"vault" help:"Read what another authenticator exported."`
	Export  exportCommand  `cmd:"" group:"vault" help:"Write the accounts for another authenticator to read."`
	Remove  removeCommand  `cmd:"" group:"vault" help:"Remove an account: its code, or this computer from its server."`
	Lock    lockCommand    `cmd:"" group:"vault" help:"Lock the vault by a passphrase, or change it."`
	Unlock  unlockCommand  `cmd:"" group:"vault" help:"Take the passphrase off the vault."`
	Repair  repairCommand  `cmd:"" group:"vault" help:"Go back to the version saved before a damaged vault."`
	Version versionCommand `cmd:"" group:"vault" help:"Print the version."`
}

// program is the world that commands run in; tests give their own.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	terminal       *terminal // nil when there is nobody to ask
	screen         bool      // standard output is a terminal
	now            func() time.Time
	http           *http.Client
	environ        func(string) string
}

func main() {
	os.Exit(run(os.Args[1:], program{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, terminal: findTerminal(),
		screen: term.IsTerminal(int(os.Stdout.Fd())),
		now:    time.Now, environ: os.Getenv,
		// One sign-in's patience: a person stands before the screen.
		http: &http.Client{Timeout: 15 * time.Second},
	}))
}

func run(args []string, p program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	exited := -1
	where := defaultVault(p.environ)
	parser, err := kong.New(&c, kong.Name("countersign"), kong.Description(teaching),
		kong.Vars{"vault": where}, kong.Writers(p.stdout, p.stderr), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "codes", Title: "Codes, with or without a connection:"},
			{Key: "approvals", Title: "Approvals:"},
			{Key: "vault", Title: "The vault:"},
		}))
	if err != nil {
		fmt.Fprintln(p.stderr, "countersign:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		f := &failure{exit: exitUsage, code: "usage", said: err.Error() + ".", next: "Run countersign --help, or countersign COMMAND --help."}
		f.tell(p.stdout, p.stderr, c.JSON)
		return f.exit
	}
	if c.Vault == "" {
		c.Vault = where
	}
	if p.terminal != nil {
		p.terminal.stopped = ctx.Done()
	}
	s := &session{program: p, commands: &c}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(s); err != nil {
		var said *quiet
		if errors.As(err, &said) {
			return said.exit
		}
		f := failureOf(err, c.Vault)
		f.tell(p.stdout, p.stderr, c.JSON)
		return f.exit
	}
	return exitDone
}

type versionCommand struct{}

// version is the program's own, as a server and a bug report see it.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" && build.Main.Version != "(devel)" {
		return build.Main.Version
	}
	return "unreleased"
}

func (*versionCommand) Run(s *session) error {
	if s.JSON {
		return writeJSON(s.stdout, map[string]string{"version": version()})
	}
	_, err := fmt.Fprintln(s.stdout, "countersign", version())
	return err
}

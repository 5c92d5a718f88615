package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"

	"github.com/countersign-id/countersign/core/vault"
	"github.com/countersign-id/countersign/phone"
	"github.com/countersign-id/countersign/phone/local"
)

// Exit codes. Scripts rely on them; --help lists them.
const (
	exitDone      = 0
	exitFailed    = 1 // it did not work; nothing could be read
	exitSome      = 2 // some of it was done: an import that refused entries
	exitPassword  = 3 // a password or passphrase is needed, or is not the one
	exitAmbiguous = 4 // the name means several; they are listed
	exitNone      = 5 // the thing named is not there
	exitNoServer  = 6 // the server did not answer
	exitRefused   = 7 // the server said no: a wrong number, a wrong code
	exitOver      = 8 // it was decided, expired or removed before
	exitDamaged   = 9 // the vault is damaged or its key is lost; nothing was changed
	exitUsage     = 64
)

// failure is an error in a person's words: what happened and what it means,
// then the next step. Its code is stable, for scripts that read --json.
type failure struct {
	exit    int
	code    string
	said    string
	next    string
	members map[string]any // beside code, said and next
	cause   error
}

func (f *failure) Error() string { return f.said }
func (f *failure) Unwrap() error { return f.cause }

// failureOf puts any error into words.
func failureOf(err error, path string) *failure {
	var f *failure
	var p *phone.Problem
	var damage *local.Damage
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return &failure{exit: exitFailed, code: "stopped", said: saidStopped}
	case errors.As(err, &p):
		return refusedBy(p)
	case errors.As(err, &damage):
		return &failure{exit: exitDamaged, code: "vault-damaged", said: saidDamaged(damage), next: nextDamaged(damage),
			members: map[string]any{"previous": damage.Previous}, cause: err}
	case errors.Is(err, local.ErrDamaged):
		return &failure{exit: exitDamaged, code: "vault-damaged", said: saidDamagedFile(path), cause: err}
	case errors.Is(err, local.ErrNewer), errors.Is(err, vault.ErrNewer):
		return &failure{exit: exitDamaged, code: "vault-newer", said: saidNewer(path), next: nextNewer, cause: err}
	case errors.Is(err, local.ErrKeyLost):
		return &failure{exit: exitDamaged, code: "key-lost", said: saidKeyLost(path), next: nextKeyLost, cause: err}
	case errors.Is(err, local.ErrAbsent):
		return &failure{exit: exitNone, code: "no-vault", said: saidNoVault(path), next: nextNoVault, cause: err}
	case errors.Is(err, local.ErrPassphrase):
		return &failure{exit: exitPassword, code: "passphrase-needed", said: saidPassphraseNeeded, next: nextPassphraseNeeded, cause: err}
	case errors.Is(err, local.ErrWrong):
		return &failure{exit: exitPassword, code: "passphrase-wrong", said: saidPassphraseWrong, next: nextPassphraseWrong, cause: err}
	case errors.Is(err, local.ErrBusy):
		return &failure{exit: exitFailed, code: "vault-busy", said: saidBusy, next: nextBusy, cause: err}
	case errors.Is(err, local.ErrNotKept):
		return &failure{exit: exitFailed, code: "not-kept", said: saidNotKept(path), next: nextNotKept, cause: err}
	case errors.Is(err, phone.ErrAnswer):
		return &failure{exit: exitNoServer, code: "not-understood", said: saidNotUnderstood, next: nextNotUnderstood, cause: err}
	}
	if reason, ok := unreachable(err); ok {
		return &failure{exit: exitNoServer, code: "no-answer", said: reason, next: nextNoAnswer, cause: err}
	}
	return &failure{exit: exitFailed, code: "failed", said: shown(err.Error()), cause: err}
}

// unreachable says which server did not answer, and why, as far as the
// network tells.
func unreachable(err error) (string, bool) {
	var at *url.Error
	if !errors.As(err, &at) {
		return "", false
	}
	host := at.URL
	if u, err := url.Parse(at.URL); err == nil {
		host = u.Host
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case at.Timeout() || errors.Is(err, phone.ErrSilent):
		return saidNoAnswer(host, "time-out"), true
	case errors.As(err, &dns):
		return saidNoAnswer(host, "the name is not known"), true
	case errors.As(err, &op) && op.Op == "dial":
		return saidNoAnswer(host, "no connection"), true
	}
	return saidNoAnswer(host, at.Err.Error()), true
}

// refusedBy puts a server's refusal into words. Its own are shown where ours
// know less.
func refusedBy(p *phone.Problem) *failure {
	f := &failure{exit: exitRefused, code: string(p.Code), said: shown(p.Detail), cause: p}
	switch p.Code {
	case "":
		f.exit, f.code, f.said, f.next = exitNoServer, "not-understood", saidNotUnderstood, nextNotUnderstood
	case phone.CodeUnknown:
		f.said, f.next = saidCodeUnknown, nextCodeUnknown
	case phone.DeviceUnknown:
		f.exit, f.said, f.next = exitOver, saidDeviceUnknown, nextDeviceUnknown
	case phone.DevicePending:
		f.said, f.next = saidDevicePending, nextDevicePending
	case phone.AccountLocked:
		f.said, f.next = saidAccountLocked, nextAccountLocked
	case phone.NumberWrong:
		f.said, f.members = saidNumberWrong(p.TriesLeft), map[string]any{"tries_left": p.TriesLeft}
	case phone.RequestOver:
		f.exit, f.said, f.members = exitOver, saidRequestOver(p.State), map[string]any{"state": p.State}
	case phone.NotFound:
		f.exit, f.said = exitNone, saidRequestGone
	case phone.SlowDown:
		f.said, f.members = saidSlowDown(p.RetryAfter), map[string]any{"retry_after": int(p.RetryAfter.Seconds())}
	case phone.Unavailable:
		f.exit, f.said, f.next = exitNoServer, saidUnavailable, nextUnavailable
	case phone.Misdirected:
		f.said, f.next = saidMisdirected, nextMisdirected
	}
	if f.said == "" {
		f.said = saidRefused(string(p.Code), p.Status)
	}
	return f
}

func usage(format string, a ...any) error {
	return &failure{exit: exitUsage, code: "usage", said: fmt.Sprintf(format, a...)}
}

// tell writes a failure: for people on standard error, for programs as JSON on
// standard output, where they look.
func (f *failure) tell(stdout, stderr io.Writer, asJSON bool) {
	if asJSON {
		body := map[string]any{"code": f.code, "detail": f.said, "exit": f.exit}
		if f.next != "" {
			body["next"] = f.next
		}
		for name, value := range f.members {
			body[name] = value
		}
		if err := writeJSON(stdout, map[string]any{"error": body}); err == nil {
			return
		}
	}
	fmt.Fprintln(stderr, "countersign:", f.said)
	if list, ok := f.members["candidates"].([]candidate); ok {
		for _, c := range list {
			fmt.Fprintf(stderr, "  %s  %s\n", c.short, c.Name)
		}
	}
	if f.next != "" {
		fmt.Fprintln(stderr, f.next)
	}
}

// fileProblem puts a file that cannot be read into words.
func fileProblem(path string, err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return &failure{exit: exitFailed, code: "file", said: fmt.Sprintf("%s: %v.", path, err), cause: err}
}

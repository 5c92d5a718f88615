package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/phone/local"
)

// Every sentence that this program says about what happened is here, so that
// it speaks with one voice: what happened, what it means, then the next step.
// The help of each command stands beside its flags, and in help.go.

const (
	saidStopped = "Stopped."

	saidPassphraseNeeded = "The vault is locked by a passphrase."
	nextPassphraseNeeded = "Give it by --passphrase-file FILE, or run this in a terminal, which asks."
	saidPassphraseWrong  = "That passphrase does not open the vault. Nothing was changed."
	nextPassphraseWrong  = "Try again; case and spaces count."
	saidBusy             = "Another countersign has held the vault for ten seconds. Nothing was changed."
	nextBusy             = "Run this again when it has finished."
	nextNewer            = "Update countersign. Nothing was changed."
	nextKeyLost          = "Put the key file back from a copy of that folder. Without it the vault stays closed; nothing was changed."
	nextNoVault          = "Enrol this computer (countersign enrol), add an account (countersign add) or read an export (countersign import)."
	nextNotKept          = "The version before is in its place. Check the disk, then run this again."

	nextNoAnswer      = "Check the connection, then run this again. Codes work without one."
	saidNotUnderstood = "What answered does not speak as a Countersign server does."
	nextNotUnderstood = "Check the address; a proxy or a sign-in page of the network may stand in between."
	saidUnavailable   = "The server cannot reach its store. Nothing was changed."
	nextUnavailable   = "Try again in a minute."
	saidMisdirected   = "The server is known by another address than this one."
	nextMisdirected   = "Use the address exactly as the page shows it."

	saidCodeUnknown   = "This code does not work: it was mistyped, used already, or is older than ten minutes."
	nextCodeUnknown   = "Ask the page for a new one."
	saidDeviceUnknown = "This computer was removed there, or was never added. It can no longer approve."
	nextDeviceUnknown = "Enrol it again if you want it back: countersign enrol URL."
	saidDevicePending = "The six digits have not been typed on the page yet, so this computer cannot decide."
	nextDevicePending = "Type them there; countersign status shows them again."
	saidAccountLocked = "The account is locked by its operator."
	nextAccountLocked = "Ask the operator of the server."
	saidRequestGone   = "There is no such request any more."

	saidNoDevices  = "This computer is not enrolled anywhere, so nothing can wait here."
	nextNoDevices  = "Enrol it: countersign enrol URL, with the address that the server's page shows."
	saidNoneWaits  = "Nothing waits."
	saidNoRequest  = "No waiting request has an id that begins so. It may have expired."
	nextNoRequest  = "See what waits: countersign pending."
	saidNumberHow  = "The number is not given."
	nextNumberHow  = "Add --number NN with the number on the screen, or run this in a terminal, which asks."
	askNumber      = "Number on the screen: "
	askPassphrase  = "Passphrase of the vault: "
	askNew         = "New passphrase: "
	askAgain       = "The same again: "
	askKey         = "Key (base32, from the site): "
	askFile        = "Password of the file: "
	askPIN         = "PIN: "
	askSure        = "Type yes to remove: "
	saidNotSame    = "The two are not the same. Nothing was changed."
	saidEmpty      = "The passphrase is empty. Nothing was changed."
	saidKept       = "Nothing was removed."
	saidShort      = "This passphrase is short: whoever copies the vault can try many. Four or more unrelated words last."
	saidWaiting    = "Waiting for the six digits to be typed. Ctrl-C stops waiting, not the enrolment."
	saidDiedBefore = "The enrolment ended before the six digits were typed: three wrong entries, ten minutes, or it was cancelled."
	nextDiedBefore = "Ask the page for a new address and enrol again."
	nextStatus     = "When the digits are typed: countersign status."
	saidNoEntries  = "The vault has no codes yet."
	saidLocked     = "The vault is locked by the passphrase from now on. It cannot be recovered: keep it somewhere safe."
	saidUnlocked   = "The passphrase is off."
	saidNotLocked  = "The vault has no passphrase."
	saidSound      = "The vault opens. Nothing needs repair."
)

// keyFileNote is said once, when a vault is made.
func keyFileNote(path string) string {
	return fmt.Sprintf("Made a new vault, %s.\nIt has no passphrase: the key file beside it, %s, opens it, so whoever can read both has what is in it.\nTo lock it by a passphrase: countersign lock", path, filepath.Base(path)+".key")
}

func saidDamaged(d *local.Damage) string {
	if d.Entries >= 0 {
		return fmt.Sprintf("The vault is damaged: 0 of %d opened (%s). Nothing was changed.", d.Entries, d.Path)
	}
	return fmt.Sprintf("The vault is damaged: nothing in it opened (%s). Nothing was changed.", d.Path)
}

func nextDamaged(d *local.Damage) string {
	if d.Previous >= 0 {
		return fmt.Sprintf("The version saved before it opens: %s. To go back to it: countersign repair. The damaged file is kept.", plural(d.Previous, "account", "accounts"))
	}
	return "The version saved before it does not open either. Put the file back from a copy of that folder."
}

func saidDamagedFile(path string) string {
	return fmt.Sprintf("The vault is damaged: nothing in it opened (%s). Nothing was changed.", path)
}

func saidNewer(path string) string {
	return fmt.Sprintf("The vault was written by a newer countersign (%s); this one would lose what it does not know.", path)
}

func saidKeyLost(path string) string {
	return fmt.Sprintf("The key file of the vault is missing or is not its own: %s.key.", path)
}

func saidNoVault(path string) string { return fmt.Sprintf("There is no vault yet at %s.", path) }

func saidNotKept(path string) string {
	return fmt.Sprintf("The disk did not give back what was written (%s).", path)
}

func saidNoAnswer(host, why string) string {
	return fmt.Sprintf("%s did not answer (%s).", shown(host), shown(why))
}

func saidRefused(code string, status int) string {
	return fmt.Sprintf("The server refused (%s, %d).", shown(code), status)
}

func saidNumberWrong(left int) string {
	switch left {
	case 0:
		return "That is not the number on the screen, for the third time. Every waiting request of this account has ended; begin the sign-in again."
	case 1:
		return "That is not the number on the screen. Look again; one try is left."
	}
	return fmt.Sprintf("That is not the number on the screen. Look again; %s are left.", numeral(left, "try", "tries"))
}

func saidRequestOver(s countersign.ApprovalState) string {
	switch s {
	case countersign.ApprovalApproved:
		return "This request was approved before."
	case countersign.ApprovalDenied, countersign.ApprovalReported:
		return "This request was denied before."
	case countersign.ApprovalExpired:
		return "This request has expired. Begin the sign-in again."
	}
	return "This request has ended. Begin the sign-in again if it was yours."
}

func saidSlowDown(after time.Duration) string {
	if after <= 0 {
		return "The server asks to slow down. Try again in a minute."
	}
	return fmt.Sprintf("The server asks to slow down. Try again in %s.", lasting(after))
}

func saidAmbiguous(name string, n int) string {
	return fmt.Sprintf("%q means %s here.", shown(name), plural(n, "account", "accounts"))
}

func saidNotFound(name string) string {
	return fmt.Sprintf("No account here is called %q.", shown(name))
}

// saidDecided is the outcome of a decision.
func saidDecided(d countersign.Decision, client string) string {
	switch d {
	case countersign.Approve:
		return fmt.Sprintf("Approved. %s goes on in the browser.", client)
	case countersign.Deny:
		return "Denied. Whoever asked is not signed in. If it was not you: countersign report next time, and change your password."
	}
	return "Reported. Whoever asked is not signed in, and the operator is told."
}

func saidEnrolled(account, server, name string) string {
	return fmt.Sprintf("%s is added to %s at %s. It can approve sign-ins now.", name, account, server)
}

func saidClock(offset time.Duration, host string) string {
	way := "behind"
	if offset < 0 {
		way, offset = "ahead of", -offset
	}
	return fmt.Sprintf("This computer's clock is %s %s %s. Approvals are corrected, codes are not: set the clock to automatic.", lasting(offset), way, host)
}

func lasting(d time.Duration) string {
	if d < 2*time.Minute {
		return plural(int(d.Round(time.Second)/time.Second), "second", "seconds")
	}
	return plural(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
}

// numeral spells small numbers as people say them.
func numeral(n int, one, many string) string {
	if words := []string{"no", "one", "two", "three", "four", "five"}; n >= 0 && n < len(words) {
		if n == 1 {
			many = one
		}
		return words[n] + " " + many
	}
	return plural(n, one, many)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// listed joins names as a sentence does, and stops before it tires.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

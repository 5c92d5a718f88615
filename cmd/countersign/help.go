package main

// teaching is what countersign --help begins with. What each command's own
// help adds stands below, one method per command, so that examples are read
// side by side.
const teaching = `The authenticator in the terminal: codes, and approvals by the number on the screen.

  countersign enrol 'https://id.example.org/app#enrol=…'   the address that the page shows
  countersign pending                                      what waits
  countersign approve k3f9 --number 47                     an id may be cut short
  countersign add 'otpauth://totp/GitHub:mara?secret=…'
  countersign code GitHub

The vault is one encrypted file. Without a passphrase a key file beside it opens it; countersign lock adds one.

Exit codes:

  0  done
  1  it did not work, or nothing could be read
  2  some of it was refused, and is listed (import)
  3  a password or passphrase is needed, or is not the right one
  4  the name means several, which are listed
  5  the thing named is not there
  6  the server did not answer
  7  the server said no: a wrong number, a wrong code
  8  it was over before: decided, expired, removed
  9  the vault is damaged or its key is lost; nothing was changed
  64 the command line is wrong`

func (*codeCommand) Help() string {
	return `NAME is an issuer, a label, issuer:label, or the beginning of an id that list shows. The code is printed alone, so that it can be piped.

  countersign code GitHub
  countersign code GitHub:mara | xclip
  countersign code GitHub --at 2026-01-02T15:04:05Z

When NAME means several accounts they are listed, and the exit code is 4. A counter-based code (HOTP) is counted before it is printed.`
}

func (*qrCommand) Help() string {
	return `  countersign qr GitHub            scan it with the phone that is to have the account too
  countersign qr GitHub --link     the otpauth link, as text`
}

func (*watchCommand) Help() string {
	return `Type to search; enter copies the marked code; ctrl+h hides the codes; esc leaves. Codes that are counted (HOTP) are not listed, since showing one spends it.`
}

func (*addCommand) Help() string {
	return `By link, in quotes because of the &. A dash reads it from standard input, which keeps it out of the shell's history:

  countersign add 'otpauth://totp/GitHub:mara?secret=JBSWY3DPEHPK3PXP&issuer=GitHub'
  countersign add - < link.txt

By key, which is asked for, or is the first line of standard input:

  countersign add --issuer GitHub --label mara
  echo JBSWY3DPEHPK3PXP | countersign add --issuer GitHub --label mara --digits 8

An account of the same issuer and label is kept beside it, never replaced.`
}

func (*editCommand) Help() string {
	return `  countersign edit GitHub:mara --label work
  countersign edit Bank --counter 42          after the site and this vault lost step
  countersign edit Bank --tag money --tag home
  countersign edit Bank --no-tags --pin-to-top`
}

func (*enrolCommand) Help() string {
	return `Sign in to the server in a browser, choose to add a phone, and copy the address below the QR code (in quotes because of the #), or type the code:

  countersign enrol 'https://id.example.org/app#enrol=01AR…'
  countersign enrol https://id.example.org 01AR-Z3ND-EKTS-V4RR-FFQ6-9G5FA0

Six digits appear here. Type them on that page: only then this computer is added, so that whoever steals the address gains nothing. The command waits for that; with --no-wait it returns at once, and countersign status tells later.

With --json it prints one object with the safety code at once, and a second one when the device is active.`
}

func (*statusCommand) Help() string {
	return `Asks each server: whether this computer is active, still waits for its six digits, or was removed; what the server wants the holder to hear; and how far the clock is off.`
}

func (*pendingCommand) Help() string {
	return `  countersign pending
  countersign pending --follow        keeps the list up to date; Ctrl-C ends it
  countersign pending --json | jq -r '.requests[].id'

Read who asks before approving: an address or a browser that is not yours means that somebody else knows your password.`
}

func (*approveCommand) Help() string {
	return `  countersign approve k3f9 --number 47
  countersign approve k3f9                 asks for the number

The number is on the screen that asks for the sign-in and nowhere else. Nobody needs you to tell it to them.`
}

func (*importCommand) Help() string {
	return `The format is told by the content: Aegis, 2FAS, andOTP, Bitwarden, Ente, FreeOTP, Google Authenticator, KeePass, LastPass, Proton, Stratum, WinAuth, lists of otpauth links and more.

  countersign import aegis.json --dry-run        what would come
  countersign import aegis.json                  asks for the password if there is one
  countersign import export.2fas --password-file pw.txt
  countersign import --undo                      takes the latest import back

Each entry comes as the other application has it, or is refused by name with the reason; the exit code is then 2. An entry that is here already with the same key is not added again. Delete the exported file afterwards: it holds the keys.`
}

func (*exportCommand) Help() string {
	return `  countersign export codes.txt
  countersign export - | other-program

One otpauth link to a line, which Aegis, Ente, FreeOTP+, Stratum and others read. Names, keys and the way codes are made are in it; notes, tags and pictures have no place in a link. The file is read back and compared before the command says done. It holds every key in the clear: import it where it is to go, then delete it.

An account that no link can describe is named, and the exit code is 2.`
}

func (*removeCommand) Help() string {
	return `  countersign remove GitHub:mara           a code: the site still asks for it
  countersign remove mara@id.example.org   this computer, at its server too
  countersign remove mara@id.example.org --forget   here only, when the server is gone

Before removing a code, turn two-step sign-in off at the site: no code can be made again without its key. On a terminal this asks; elsewhere add --yes.`
}

func (*lockCommand) Help() string {
	return `  countersign lock                                  asks twice
  countersign lock --passphrase-file new.txt        the vault had none
  countersign lock --passphrase-file old.txt --new-passphrase-file new.txt

The key is made from the passphrase by Argon2id (64 MiB, three passes). There is no way to recover a passphrase.`
}

func (*repairCommand) Help() string {
	return `When the vault is damaged, each command says so and changes nothing. This puts the version saved before in its place and keeps the damaged file beside it.`
}

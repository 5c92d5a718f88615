#!/bin/sh
# Brings what testing needs: Debian's packages (as root; otherwise it prints the
# line to run), Node and npm pinned in scripts/toolchain, the JavaScript packages
# of app/ and e2e/, Go's modules and staticcheck. What is there already is left alone.
#
# `make run` needs none of this: Go alone builds the server.
set -eu
cd "$(dirname "$0")/.."

say() { printf '      deps: %s\n' "$*"; }

distribution=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-unknown}" || printf unknown)

# gcc is for the race detector. age and oathtool are the public tools that our
# files and codes must agree with.
server='gcc libc6-dev git ca-certificates age oathtool postgresql'
browsers='chromium chromium-driver firefox-esr webkit2gtk-driver xvfb xauth lynx apache2 libapache2-mod-auth-openidc'
wanted=$server
if [ "$distribution" = debian ]; then
	wanted="$server $browsers"
else
	say "browser tests are for Debian 12: elsewhere chromium and firefox are another packager's stubs"
fi
command -v npm >/dev/null || wanted="$wanted npm"

missing=''
for package in $wanted; do
	dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$missing" ]; then
	say 'every system package is installed'
elif [ "$(id -u)" = 0 ]; then
	say "installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	# A service that starts by itself would hold ports and memory that tests want.
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
		trap 'rm -f "$policy"' EXIT
	fi
	apt-get update -q >/dev/null
	# shellcheck disable=SC2086
	apt-get install -q -y --no-install-recommends $missing >/dev/null
else
	say 'these packages are missing; run, as root:'
	printf '\n  apt-get update && apt-get install --no-install-recommends%s\n\n' "$missing"
	exit 1
fi

# npm ci deletes and refetches; a stamp with the lock's hash says that it need not.
packages() {
	folder=$1
	hash=$(cat "$folder/package.json" "$folder/package-lock.json" | sha256sum | cut -d' ' -f1)
	stamp=$folder/node_modules/.countersign-lock
	if [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ]; then
		say "$folder: packages are those of the lock"
		return
	fi
	say "$folder: npm ci"
	# No script of a package runs at installation: none that we use needs one.
	(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
	printf '%s' "$hash" >"$stamp"
}

# Debian's Node is too old; its npm is good enough to fetch ours.
mkdir -p .cache/node
cp scripts/toolchain/package.json scripts/toolchain/package-lock.json .cache/node/
packages .cache/node
PATH=$PWD/.cache/node/node_modules/.bin:$PATH
export PATH
say "node $(node --version), npm $(npm --version)"
packages app
packages e2e

say 'Go modules and staticcheck'
go mod download
go run "$(sed -n 's/^const staticcheck = "\(.*\)"$/\1/p' scripts/suites/plan.go)" -version >/dev/null
say "$(go version)"

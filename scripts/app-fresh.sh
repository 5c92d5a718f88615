#!/bin/sh
# Builds the phone app into .cache and compares it, byte for byte, with what is
# committed: what people run must be what the sources say.
set -eu
cd "$(dirname "$0")/.."
rm -rf .cache/app-dist
(cd app && npm run --silent build -- --outDir ../.cache/app-dist --emptyOutDir --logLevel warn)
if ! diff -r app/dist .cache/app-dist; then
	echo 'app/dist is not what app/ builds: run `make app` and commit it.'
	exit 1
fi
if [ -n "$(git status --porcelain -- app/dist)" ]; then
	git status --short -- app/dist
	echo 'app/dist is built but not committed.'
	exit 1
fi

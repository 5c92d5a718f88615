# Countersign's commands. `make help` lists them; CONTRIBUTING.md explains.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Node and npm as pinned in scripts/toolchain; without `make deps`, the system's.
export PATH := $(CURDIR)/.cache/node/node_modules/.bin:$(PATH)

DATA ?= ./data
FUZZTIME ?= 60s
SOAKTIME ?= 10m
SUITE ?= all

# What must not be skipped. Set it empty to test on a machine that lacks some.
COUNTERSIGN_TEST_REQUIRE ?= postgres,app,browsers
ifneq ($(shell . /etc/os-release 2>/dev/null; echo $$ID),debian)
COUNTERSIGN_TEST_REQUIRE = postgres,app
endif

# Built, not `go run`: that would add a line of its own after the last one.
RUN = .cache/bin/withpostgres .cache/bin/suites
WORKSHOP = CGO_ENABLED=0 go build -o .cache/bin/ ./scripts/...

.PHONY: help run build app deps test check quick fuzz soak bench screenshots clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

run: build ## build and start the server at http://localhost:8080 (DEMO=1 adds two people and an application)
	@mkdir -p $(DATA)
	@exec bin/countersignd --data $(DATA) serve $(if $(filter-out 0,$(DEMO)),--demo) $(ARGS)

# Without cgo: Go alone is enough, and one binary runs on any Linux.
build: ## build countersignd and countersign into bin/
	@CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/...

app: deps ## rebuild the phone app into app/dist, which is committed
	@cd app && npm run --silent build

deps: ## fetch what testing needs (Debian's packages when root, Node, npm and Go modules)
	@scripts/deps.sh

test: deps ## everything: check, Go with race, TypeScript, browsers, slices of fuzz and bench (SUITE=name for one)
	@$(WORKSHOP)
	@COUNTERSIGN_TEST_REQUIRE=$(COUNTERSIGN_TEST_REQUIRE) $(RUN) "$(SUITE)"

check: deps ## format, vet, staticcheck, layering, eslint, svelte-check
	@$(WORKSHOP)
	@$(RUN) check

quick: ## under a minute, for daily use: build, vet, short Go tests, the app's types and tests
	@$(WORKSHOP)
	@$(RUN) quick

fuzz: ## every fuzz target for FUZZTIME (60s)
	@go run ./scripts/fuzz -each $(FUZZTIME)

soak: ## the long tests: histories, power loss and timing, for SOAKTIME (10m)
	@COUNTERSIGN_SOAK=$(SOAKTIME) go run ./scripts/withpostgres go test -race -count=1 -timeout=0 -v -run='^Test(Soak|Timing)' ./...

bench: build ## measure the real server (docs/performance.md), then single functions with allocations
	@go run ./scripts/withpostgres go run ./bench $(ARGS)
	@if [ -d e2e/node_modules ] && [ -x /usr/bin/chromium ]; then cd e2e && node firstscreen.ts; else echo 'SKIPPED: the app'\''s first screen needs make deps'; fi
	@go run ./scripts/withpostgres go test -run='^$$' -bench=. -benchmem ./...

screenshots: deps build ## every page of a round, light and dark, on desk and phone, into docs/screenshots
	@cd e2e && npm run --silent screenshots

clean: ## remove what was built or fetched; ./data stays
	@rm -rf bin .cache e2e/out app/node_modules e2e/node_modules

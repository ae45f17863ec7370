# What one does here, from a fresh clone on. `make` alone tells.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
REDOCLY := @redocly/cli@2.77.0
SPECTRAL := @stoplight/spectral-cli@6.16.3
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --use-pep517
PYTHONS := python3.11 python3.12 python3.13 python3

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: export OCTAVO_ENV := $(or $(OCTAVO_ENV),development)
run: .venv/runtime ## Start the server on HOST:PORT (127.0.0.1:8000) with WORKERS (2) processes
	@exec bin/octavo serve

.PHONY: kiosk
kiosk: .venv/runtime ## Play a borrower at a self-check machine, beside `make run`
	@exec bin/octavo kiosk

.PHONY: test
test: .venv/dev ## Run the tests; ARGS="-k holds" goes to pytest
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

.PHONY: test-quick
test-quick: .venv/dev ## Run what needs neither servers nor patience: the unit tests on SQLite
	@$(BIN)/python -m pytest -n auto --dist loadfile -m quick tests/unit tests/api/test_smoke.py $(ARGS)

.PHONY: check
check: lint types imports openapi-lint test ## Everything that must hold before a commit

.PHONY: format
format: .venv/dev ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: lint
lint: .venv/dev ## Check the format and the style
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

.PHONY: types
types: .venv/dev ## Check the types
	@$(BIN)/mypy

.PHONY: imports
imports: .venv/dev ## Check that imports point one way
	@$(BIN)/lint-imports

.PHONY: openapi-lint
openapi-lint: .venv/dev ## Check the OpenAPI document
	@mkdir -p var
	@OCTAVO_ENV=development bin/octavo openapi > var/openapi.json
	@$(BIN)/openapi-spec-validator var/openapi.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" npx --yes $(REDOCLY) lint var/openapi.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" npx --yes --ignore-scripts $(SPECTRAL) lint --ruleset .spectral.json \
		--fail-severity=hint var/openapi.json

.PHONY: schemathesis
schemathesis: .venv/dev ## Try a running server with 500 requests and more for each operation
	@SCHEMATHESIS_EXAMPLES=500 $(BIN)/python -m pytest tests/schemathesis $(ARGS)

.PHONY: debian
debian: .venv/dev ## Follow docs/deployment.md on a Debian made for it; takes root, debootstrap and minutes
	@OCTAVO_DEBIAN_TEST=true $(BIN)/python -m pytest tests/server/test_new_machine.py $(ARGS)

.PHONY: bench
bench: .venv/dev ## Measure the served API beside its peers, then parts of it in process: benchmarks/README.md
	@$(BIN)/python -m benchmarks.served $(ARGS)
	@$(BIN)/python -m benchmarks

.PHONY: bench-quick
bench-quick: .venv/dev ## A first look at the served API beside its peers, in under three minutes
	@$(BIN)/python -m benchmarks.served --quick $(ARGS)

.PHONY: guard
guard: .venv/dev ## Compare what the hottest operations take with the last release, or with ARGS=COMMIT
	@$(BIN)/python -m benchmarks.guard $(ARGS)

.PHONY: lock
lock: .venv/dev ## Pin anew what requirements.in and requirements-dev.in ask for
	@$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes \
		--no-header --quiet $(ARGS) requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes \
		--no-header --quiet $(ARGS) requirements-dev.in -o requirements-dev.txt

.PHONY: sbom
sbom: .venv/dev ## List what is installed in production, with hashes: var/sbom.json (CycloneDX)
	@mkdir -p var
	@$(BIN)/cyclonedx-py requirements --output-reproducible -o var/sbom.json requirements.txt

.PHONY: clean
clean: ## Remove what was installed and cached; the data in var/ stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@# Before anything else: uWSGI is compiled on installing, and that comes last.
	@command -v cc >/dev/null || { echo "This needs a C compiler" \
		"(on Debian: apt-get install build-essential python3-dev)." >&2; exit 1; }
	@for python in $(PYTHONS); do \
		if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec $$python -m venv .venv; fi; \
	done; \
	echo "This needs Python 3.11 or later that can make virtual environments" \
		"(on Debian: apt-get install python3-venv)." >&2; exit 1

.venv/runtime: requirements.txt | .venv/bin/python
	@echo "Installing what the server needs into .venv (a minute or two, uWSGI is compiled) ..."
	@# Without the cache: uWSGI has its interpreter linked in, and one kept from another build fails.
	@$(INSTALL) --no-cache-dir -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	@echo "Installing the tools for testing into .venv ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# The README's two commands, and what people who change the code need. Every target may be repeated.
PYTHON ?= python3
# Options for one call: make test PYTEST_ARGS="-x tests/repository", make lock ARGS=--upgrade
PYTEST_ARGS ?= -n 5 --dist loadfile
ARGS ?=
# How large a soak is.
MESSAGES ?= 10000
THREADS ?= 300
MODE ?= async

VENV := .venv
BIN := $(VENV)/bin
PEERS := build/peers
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --no-strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
# Without npm the tests that need its programs say so and are skipped.
NODE_PEERS := $(if $(shell command -v npm),node_modules/.package-lock.json)

.DEFAULT_GOAL := help
.PHONY: help playground test test-slow soak check tables run bench bench-files lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

playground: $(VENV)/.runtime ## the bot with a workspace and a model on this machine; prints the page's address
	$(BIN)/python main.py --playground $(ARGS)

test: $(VENV)/.dev ## the suite without its slow part
	$(BIN)/python -m pytest -m "not slow" $(PYTEST_ARGS)

test-slow: $(VENV)/.dev $(PEERS)/.installed $(NODE_PEERS) ## the slow part: faults, stops, load, PM2, others' servers
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

soak: $(VENV)/.dev ## people write in hundreds of threads while everything fails; SEED=… repeats one, MESSAGES=… THREADS=… MODE=…
	$(BIN)/python -m tests.soak --messages $(MESSAGES) --threads $(THREADS) --mode $(MODE) $(if $(SEED),--seed $(SEED))

check: $(VENV)/.dev ## lint, format, types, who may import whom, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.repository.tables

tables: $(VENV)/.dev ## write the tables that are made from the code into README.md and docs/settings.md
	$(BIN)/python -m tests.repository.tables --write

run: $(VENV)/.runtime ## the bot in your workspace, with the tokens of .env
	$(BIN)/python main.py $(ARGS)

bench: $(VENV)/.dev ## both modes under load: a table, the ratio, a plot
	$(BIN)/python -m benchmarks $(ARGS)

bench-files: $(VENV)/.dev ## chats while people drop documents, and the cost of each type of file
	$(BIN)/python -m benchmarks.files $(ARGS)

lock: $(VENV)/.dev ## write the lock files anew; ARGS=--upgrade takes the newest versions
	$(PIP_COMPILE) $(ARGS) --output-file requirements.txt requirements.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-dev.txt requirements-dev.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-peers.txt requirements-peers.in
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## remove what the targets above have built; data/ and .env stay
	rm -rf $(VENV) build node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Threadwell needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/pip
	@echo 'Installing what the bot needs (once, about half a minute)'
	$(BIN)/python $(PIP_INSTALL) requirements.txt
	@touch $@

# The development lock contains the other one, so that installing it installs both.
$(VENV)/.dev: requirements-dev.txt | $(BIN)/pip
	@echo 'Installing what the tests and checks need (once, about a minute)'
	$(BIN)/python $(PIP_INSTALL) requirements-dev.txt
	@touch $(VENV)/.runtime $@

$(PEERS)/.installed: requirements-peers.txt | $(BIN)/pip
	@echo 'Installing the servers of others that the slow tests talk to (once, about a minute)'
	$(BIN)/python -m venv $(PEERS)
	$(PEERS)/bin/python $(PIP_INSTALL) requirements-peers.txt
	@touch $@

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund

# See README.md. `make run` and `make test` install what they need by themselves.
PYTHON ?= python3
PORT ?=
CONFIG ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore

CONVERSATIONS ?= 10000

.PHONY: run test check conversations bench lock leans clean

run: $(VENV)/.run
	@$(BIN)/weiwang run $(if $(PORT),--port $(PORT)) $(if $(CONFIG),--config $(CONFIG)) --demo

# Formatting, lint, strict types, import directions, then every test against the real things.
test: check $(VENV)/.node
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Random conversations, each step checked (tests/handlers/invariants.py); CONVERSATIONS=500 for fewer.
conversations: $(VENV)/.dev
	WEIWANG_CONVERSATIONS=$(CONVERSATIONS) $(BIN)/python -m pytest tests/handlers/test_random_conversations.py

bench: $(VENV)/.dev $(VENV)/.node
	$(BIN)/python -m tests.bench

# Learns the small weights of the default rules anew from the labelled messages in tests/data.
leans: $(VENV)/.dev
	$(BIN)/python scripts/learn_leans.py

# Pins every dependency with its hashes and names no index.
lock:
	uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock >/dev/null
	uv pip compile --quiet pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-dev.lock >/dev/null

$(VENV)/bin/python:
	@PYTHON=$(PYTHON) sh scripts/system-packages.sh venv
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the service needs"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps -e .
	@sh scripts/system-packages.sh font || echo "Reports come without pictures until a Chinese font is installed."
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.node: tests/gateway/package-lock.json
	@sh scripts/system-packages.sh test
	@cd tests/gateway && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@mkdir -p $(VENV) && touch $@

clean:
	rm -rf $(VENV) var tests/gateway/node_modules

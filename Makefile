# Everything a person needs: make demo, make test, make check, make bench. Each sets up what it needs first.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := src
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo serve test test-sqlite test-postgresql check check-oai format assets bench bench-large lock clean system browser

# --- setting up ----------------------------------------------------------------------------------------------------
$(VENV)/.stamp-dev: requirements-dev.lock
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11；$(PYTHON) was not found: set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e . 2>/dev/null || $(BIN)/pip install -q --no-deps -e .
	@touch $@

$(VENV)/.stamp-run: requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11；$(PYTHON) was not found: set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	test -f $(VENV)/.stamp-dev || $(BIN)/pip install -q --require-hashes -r requirements.lock
	test -f $(VENV)/.stamp-dev || $(BIN)/pip install -q --no-deps -e .
	@touch $@

node_modules/.stamp: package-lock.json
	@command -v npm >/dev/null || { echo "需要 Node 20；npm was not found: install Node 20"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The build keeps the rules and icons that templates and Python files of the pages name, so these are sources too.
ASSET_SOURCES := $(shell find src/duijie/web src/duijie/publish/kinds -path '*/static' -prune -o -type f \( -path '*/assets/*' -o -name '*.html' -o -name '*.py' \) -print 2>/dev/null) package.json
src/duijie/web/static/built/.stamp: node_modules/.stamp $(ASSET_SOURCES)
	npm run --silent build
	@mkdir -p src/duijie/web/static/built && touch $@

assets: src/duijie/web/static/built/.stamp

browser:
	@bash scripts/system_packages.sh

# --- using ---------------------------------------------------------------------------------------------------------
demo: $(VENV)/.stamp-run assets
	$(BIN)/python -m duijie demo

serve: $(VENV)/.stamp-run assets
	$(BIN)/python -m duijie serve

# --- testing -------------------------------------------------------------------------------------------------------
DUIJIE_TEST_POSTGRESQL_URL ?= postgres://postgres@127.0.0.1:5432/postgres
PYTEST_OPTIONS ?= -q -n 2 --dist loadgroup

test: $(VENV)/.stamp-dev assets browser
	DUIJIE_TEST_POSTGRESQL_URL="$(DUIJIE_TEST_POSTGRESQL_URL)" $(BIN)/python scripts/run_tests.py $(PYTEST_OPTIONS)

check: $(VENV)/.stamp-dev
	$(BIN)/ruff format --check -q src tests scripts
	$(BIN)/ruff check -q src tests scripts
	$(BIN)/lint-imports
	$(BIN)/mypy
	DUIJIE_DATA_DIR=$$(mktemp -d) DJANGO_SETTINGS_MODULE=duijie.config.settings $(BIN)/python -m django check --fail-level WARNING
	DUIJIE_DATA_DIR=$$(mktemp -d) DJANGO_SETTINGS_MODULE=duijie.config.settings $(BIN)/python -m django makemigrations --check --dry-run
	$(BIN)/python scripts/check_languages.py
	DUIJIE_DATA_DIR=$$(mktemp -d) $(BIN)/python scripts/openapi_snapshot.py --check

# The validator of openarchives.org (a copy of github.com/zimeon/oaipmh-validator) on a node with the demonstration's data.
OAI_VALIDATOR ?= ../oaipmh-validator
check-oai: $(VENV)/.stamp-dev
	$(BIN)/python scripts/check_oai.py $(OAI_VALIDATOR)

format: $(VENV)/.stamp-dev
	$(BIN)/ruff check --fix -q src tests scripts; $(BIN)/ruff format -q src tests scripts

bench: $(VENV)/.stamp-dev assets
	$(BIN)/python tests/bench/run.py

# A quiet hour and 16 GB: a million listings asked one by one, and all pairs of 440,000 x 440,000 (the latter within 4 GB).
BENCH_FOLDER ?= /tmp/duijie-bench
bench-large: $(VENV)/.stamp-dev assets
	OMP_NUM_THREADS=1 $(BIN)/python tests/bench/bench_query.py --rows 1000000 --exact 20 --folder $(BENCH_FOLDER)/query
	$(BIN)/python tests/bench/bench_allpairs.py --texts $(BENCH_FOLDER)/texts --generate 880000

lock:
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml --group dev --extra encoder -o requirements-dev.lock

clean:
	rm -rf $(VENV) node_modules src/duijie/web/static/built var dist build

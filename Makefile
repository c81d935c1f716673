# Two commands do everything: `make demo` and `make test`. `make` alone prints this help.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -q
export DO_NOT_TRACK := 1
# Where the unit tests' databases lie: in memory where there is enough of it, as each waits for the disk many times.
IN_MEMORY := $(shell df --output=avail -B1G /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 >= 2 {print "TMPDIR=/dev/shm"}')

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types contracts unit integration browser serve images clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed / 需要 Python 3.11 或更新版本"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "venv is missing: apt-get install python3-venv / 缺少 venv：apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

install: $(VENV)/.ready ## virtual environment with everything pinned in pyproject.toml

demo: install ## install, seed the demo company, serve it, print address and log-ins
	@KB_HOME=$${KB_HOME:-$(CURDIR)/.kb-home} $(BIN)/kb demo

serve: install ## serve KB_HOME without demo data
	@KB_HOME=$${KB_HOME:-$(CURDIR)/.kb-home} $(BIN)/kb serve

test: lint types contracts unit integration browser ## everything that CI runs

lint: install ## ruff
	$(BIN)/ruff check .

types: install ## mypy --strict
	$(BIN)/mypy

contracts: install ## who may import whom
	$(BIN)/lint-imports

unit: install ## under 60 seconds, no model, no child process
	$(IN_MEMORY) $(PYTEST) -m "not integration and not browser" -n 2 -o tmp_path_retention_policy=failed

integration: install ## real engine, real model, real PostgreSQL, kill -9
	$(PYTEST) -m "integration and not browser" -n 2
	KB_TEST_DATABASE=postgresql $(PYTEST) tests/kb/handover/test_proceeding.py tests/kb/handover/test_races.py

browser: install ## real Chromium
	$(PYTEST) -m browser

images: install ## the README's screenshots, made from the demo
	$(BIN)/python -m tests.browser.screenshots

clean: ## remove the virtual environment and the demo's home
	rm -rf $(VENV) .kb-home

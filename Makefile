# A fresh machine needs Python 3.11 or newer with venv, and make. Everything else is installed into .venv.

HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 3
VENV ?= .venv
export HOST PORT
# What calls make has its own environment; ours is the one in .venv.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

BIN := $(VENV)/bin
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(if $(shell $(p) -c '$(NEW_ENOUGH)' 2>/dev/null && echo yes),$(p))))
DEV := $(BIN)/python -m
# uv installs in seconds; where it cannot run, pip does the same more slowly.
define install
$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $(1) \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
@touch $@
endef
LOCK := $(abspath $(BIN))/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help demo test bench lint format lock lock-check screenshots clean

help:
	@echo "make demo    the demo city on http://$(HOST):$(PORT)"
	@echo "make test    the whole suite (with DATABASE_URL and REDIS_URL, on those)"
	@echo "make bench   the performance table, and bench.json"
	@echo "make lint    ruff, djlint, import-linter, missing migrations"
	@echo "make format  let ruff and djlint lay out the code"
	@echo "make lock    pin the requirements again after a change of pyproject.toml"

$(BIN)/.made: .ci/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.txt \
		|| echo "uv could not be installed; pip does its work, more slowly."
	@touch $@

$(BIN)/.run: requirements.txt $(BIN)/.made
	$(call install,requirements.txt)

$(BIN)/.dev: requirements-dev.txt $(BIN)/.run
	$(call install,requirements-dev.txt)

demo: $(BIN)/.run
	@DEMO=1 SITE_URL="$${SITE_URL:-http://$(HOST):$(PORT)}" exec $(BIN)/python manage.py demo $(ARGS)

test: $(BIN)/.dev
	$(DEV) pytest -n $(WORKERS) --dist worksteal $(ARGS)

bench: $(BIN)/.dev
	$(DEV) tests.bench $(ARGS)

lint: $(BIN)/.dev
	$(DEV) ruff check .
	$(DEV) ruff format --check .
	$(DEV) djlint templates --check --quiet
	$(DEV) djlint templates --lint --quiet
	$(BIN)/lint-imports
	DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run

format: $(BIN)/.dev
	$(DEV) ruff check --fix .
	$(DEV) ruff format .
	$(DEV) djlint templates --reformat --quiet

lock: $(BIN)/.made
	$(LOCK) -o .ci/uv.txt .ci/uv.in
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

# Compiling again from these pins must change nothing.
lock-check: $(BIN)/.made
	@folder=$$(mktemp -d) && cp requirements.txt requirements-dev.txt pyproject.toml $$folder && cd $$folder \
		&& $(LOCK) -o requirements.txt pyproject.toml \
		&& $(LOCK) --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml && cd - >/dev/null \
		&& diff -u requirements.txt $$folder/requirements.txt && diff -u requirements-dev.txt $$folder/requirements-dev.txt \
		&& rm -r $$folder && echo "requirements are up to date"

clean:
	rm -rf $(VENV) var bench.json

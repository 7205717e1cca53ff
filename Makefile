# Everything here works from nothing: Python 3.11, make and a package index are all it takes.
# Where packages and weights come from is decided by pip's own configuration.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-print-directory

PYTHON := $(shell python3.11 -c 'print("python3.11")' 2>/dev/null || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := requirements.lock
# The lock pins; the project's extras choose. Building the project itself is pinned by it as well.
INSTALL  = $(BIN)/python -m pip install --disable-pip-version-check --constraint $(LOCK)
# pip says a great deal; one line for each download is progress enough, and errors stay whole.
BRIEFLY := tee -a $(VENV)/pip.log | awk '/^ERROR/ { print; fflush() } \
  /^Installing collected/ { print "  unpacking all of them, which takes a minute ..."; fflush() } \
  /^ *(Downloading|Using cached|Processing) / && !/metadata/ \
  { n = split($$2, path, "/"); print "  " path[n]; fflush() }'
BEATS   := examples/hiphop.wav examples/country.wav

.DEFAULT_GOAL := help
.PHONY: help demo chat test quick lint format type bench weights lock clean

help:
	@echo "make demo      install, fetch weights, write lyrics for two example beats"
	@echo "make chat      talk to your songwriting partner in the terminal"
	@echo "make test      install and run the tests; ARGS='tests/lyrics -x' narrows them"
	@echo "make quick     only those tests that need no other process and no fetched weights"
	@echo "make format, lint, type, bench    one command for each habit"
	@echo "make lock      pin the newest versions that fit together"
	@echo "make clean     remove what was installed and made here; drafts and weights stay"

demo: weights $(BEATS)
	@$(BIN)/atl demo $(BEATS)

chat: weights
	@$(BIN)/atl chat

# Two test files at a time. Tests of one file stay together: they share what is slow to start.
WORKERS := -n 2 --dist loadscope --no-loadscope-reorder

test: $(VENV)/dev.stamp weights
	@ATL_TESTS_NEED_WEIGHTS=1 $(BIN)/python -m pytest $(WORKERS) $(ARGS)

quick: $(VENV)/dev.stamp
	@ATL_TESTS_QUICK=1 $(BIN)/python -m pytest $(WORKERS) $(ARGS)

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

type: $(VENV)/dev.stamp
	@$(BIN)/mypy

bench: $(VENV)/dev.stamp weights
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

# `atl weights fetch` looks for itself whether anything is missing; only then is the network asked.
weights: $(VENV)/run.stamp
	@$(BIN)/atl weights fetch

$(BEATS): examples/beats.py | $(VENV)/run.stamp
	@echo "Making the example beat $@ ..."
	@$(BIN)/python examples/beats.py examples

$(VENV)/bin/python:
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml $(LOCK) | $(VENV)/bin/python
	@echo "Installing what $(LOCK) pins ..."
	@$(INSTALL) --progress-bar off pip hatchling editables 2>&1 | $(BRIEFLY)
	@$(INSTALL) --progress-bar off --no-build-isolation --editable . 2>&1 | $(BRIEFLY)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo "Installing what tests and training need ..."
	@$(INSTALL) --progress-bar off --no-build-isolation --editable '.[dev,training]' 2>&1 | $(BRIEFLY)
	@touch $@

lock:
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT; \
	 $(PYTHON) -m venv "$$scratch"; \
	 "$$scratch/bin/python" -m pip install --quiet --upgrade pip hatchling editables; \
	 "$$scratch/bin/python" -m pip install --quiet --editable '.[dev,training]'; \
	 { echo "# Made by: make lock. Everything that is installed, pip included, to the version."; \
	   "$$scratch/bin/python" -m pip freeze --all --exclude-editable | sed 's/+cpu$$//'; \
	 } > $(LOCK)

clean:
	rm -rf $(VENV) $(BEATS)

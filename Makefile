# make demo · make test · make check · make bench · make quality: the only commands a newcomer needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := demo/cables
ARCHIVE := demo/archive
WORKERS ?= 2

.PHONY: help demo test check bench quality fuzz proof screenshots clean

help:
	@echo "make demo         read and search invented cables in your browser"
	@echo "make test         run every test"
	@echo "make check        format, lint, types, layers, tests: what CI runs"
	@echo "make bench        measure speed on this machine (BENCH=quick without the archive of 250,000 cables)"
	@echo "make quality      measure accuracy on real cables (QUALITY=aad one corpus, QUALITY=--list all disagreements)"
	@echo "make fuzz         read damaged texts for two minutes, or MINUTES=10"
	@echo "make proof        prove on 2,000 random archives, or ARCHIVES=500, that what is hidden does not exist"
	@echo "make screenshots  take the pictures of the README and the guides again"

# The environment is made anew when what it must hold changes.
$(VENV)/run: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: pyproject.toml $(VENV)/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

# The sample is forged, not stored, and made again when the forge or the reader changes.
demo/made: $(VENV)/run $(shell find src/reftel -name '*.py' -o -name '*.csv' -o -name '*.sql' -o -name '*.txt')
	@rm -rf demo && mkdir -p demo
	@$(BIN)/reftel forge --out $(SAMPLE) > /dev/null
	@$(BIN)/reftel ingest $(SAMPLE) --archive $(ARCHIVE) --collection sample
	@touch $@

demo: demo/made
	@$(BIN)/reftel serve --archive $(ARCHIVE) --browser

test: $(VENV)/dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST)

check: $(VENV)/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_layers.py
	@$(MAKE) --no-print-directory test

bench: $(VENV)/dev
	@$(BIN)/python -m quality.bench

quality: $(VENV)/dev
	@$(BIN)/python -m quality.accuracy $(QUALITY)

fuzz: $(VENV)/dev
	@$(BIN)/python -m quality.fuzz

proof: $(VENV)/dev
	@REFTEL_PROOF=$(or $(ARCHIVES),2000) $(BIN)/python -m pytest -q -n $(WORKERS) tests/test_noninterference.py

screenshots: $(VENV)/dev demo/made
	@$(BIN)/python docs/screenshots.py $(ARCHIVE)

clean:
	rm -rf $(VENV) demo

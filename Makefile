# Two commands on a fresh machine with Python 3.11 and make: `make graph` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin

.PHONY: graph test lint types layers tests golden docs bench constraints clean

## graph: print the promote graph of the example release, as a summary per kind
graph: $(VENV)/.ready
	$(RUN)/relpro graph --phase promote -p docs/examples/release/parameters.yml -p docs/examples/release/history.json --format table

## test: everything that CI runs
test: lint types layers tests

lint: $(VENV)/.ready
	$(RUN)/ruff check relpro transforms tests
	$(RUN)/ruff format --check relpro transforms tests

types: $(VENV)/.ready
	$(RUN)/mypy

layers: $(VENV)/.ready
	$(RUN)/lint-imports

tests: $(VENV)/.ready
	$(RUN)/pytest -n 2 --dist worksteal

## golden: rewrite the golden graphs after an intended change
golden: $(VENV)/.ready
	$(RUN)/pytest tests/graphs --golden-update

## docs: rewrite the pages of reference that are made of the code and the kinds
docs: $(VENV)/.ready
	$(RUN)/python -m tests.docs.generated

## bench: measure relpro beside its peer (not part of `make test`)
bench: $(VENV)/.ready
	$(RUN)/python -m tests.performance.driver

## constraints: pin every dependency again, with hashes
constraints: $(VENV)/.ready
	$(RUN)/pip install --quiet pip-tools
	$(RUN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url \
	  --no-emit-trusted-host --no-emit-find-links --no-header --allow-unsafe --extra dev \
	  --output-file .ci/requirements.txt pyproject.toml

$(VENV)/.ready: pyproject.toml .ci/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/pip install --quiet --require-hashes -r .ci/requirements.txt
	$(RUN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV)

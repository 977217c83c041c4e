# Two commands on a fresh machine with Python 3.11 and make: `make graph` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin
COT := .venv-cot
PYTHONS := 3.12 3.13
PIN := pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url \
  --no-emit-trusted-host --no-emit-find-links --no-header --allow-unsafe

.PHONY: graph test lint tests cot pythons golden docs site dist page browser podman bench soak rehearsal constraints clean

## graph: print the promote graph of the example release, as a summary per kind
graph: $(VENV)/.ready
	$(RUN)/relpro graph --phase promote -p docs/examples/release/parameters.yml -p docs/examples/release/history.json --format table

## test: everything that CI runs
test: lint tests

## lint: style, types, layers, spelling and prose of all files, as before each commit (.pre-commit-config.yaml)
lint: $(VENV)/.ready
	$(RUN)/pre-commit run --all-files

tests: $(VENV)/.ready
	$(RUN)/pytest -n 2 --dist worksteal

## cot: make the environment of the real scriptworker, which judges what we emit (made by the tests, if need be)
cot: $(COT)/.ready

## pythons: make an environment for each other Python that relpro runs on (made by the tests, if need be)
pythons: $(PYTHONS:%=$(VENV)-%/.ready)

## golden: rewrite the golden graphs after an intended change
golden: $(VENV)/.ready
	$(RUN)/pytest tests/graphs --golden-update

## docs: rewrite the pages of reference that are made of the code and the kinds
docs: $(VENV)/.ready
	$(RUN)/python -m tests.docs.generated

## site: make the site of the pages in docs/ and of the docstrings, into build/site
site: $(VENV)/.ready
	$(RUN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/site

## dist: make the wheel and the source archive in dist/, twice, and try the wheel on every Python (not part of `make test`)
dist: $(VENV)/.ready
	$(RUN)/python -m tests.acceptance.distributions

## page: build the page that `--format html` fills in, from relpro/page/frontend (needs Node.js and npm)
page:
	cd relpro/page/frontend && npm ci --ignore-scripts --no-audit --no-fund && npm run check && npm test && npm run build

## browser: install Chromium, in which the page is tested, where it is not (Debian; as root)
browser:
	command -v chromium > /dev/null || (apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends chromium fonts-dejavu-core) > /dev/null

## podman: install Podman, in which images and tasks in them are tested, where it is not (Debian; as root)
podman:
	command -v podman > /dev/null || (apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends podman runc busybox-static zstd lz4) > /dev/null

## bench: measure relpro beside its peer, and how soon its pages are there (not part of `make test`)
bench: $(VENV)/.ready
	$(RUN)/python -m tests.performance.driver
	$(RUN)/python -m tests.performance.pages

## rehearsal: release the postcard on this machine, let installations of the release before update to it, and let the real scriptworker verify its chains (not part of `make test`)
rehearsal: $(VENV)/.ready
	$(RUN)/python -c 'import ziglang' 2> /dev/null || $(RUN)/pip install --quiet --require-hashes -r docs/examples/postcard/.ci/compiler.txt
	$(RUN)/relpro rehearse --root docs/examples/postcard --folder build/rehearsal
	RELPRO_REHEARSAL=1 $(RUN)/pytest -n 0 -q tests/rehearsal/test_updates.py tests/rehearsal/test_faults.py tests/rehearsal/test_chain_of_trust.py

## soak: change 10,000 documents of every sort; edit projects 2,000 times; kill a submission at every request, and at 50 points of a full promotion; kill a rehearsal at 20 moments (not part of `make test`)
soak: $(VENV)/.ready
	$(RUN)/python -m tests.acceptance.soak
	$(RUN)/python -m tests.acceptance.rehearsals

## constraints: pin every dependency again, with hashes
constraints: $(VENV)/.ready
	$(RUN)/pip install --quiet pip-tools
	$(RUN)/$(PIN) --extra dev --output-file .ci/requirements.txt pyproject.toml
	$(RUN)/$(PIN) --constraint .ci/requirements.txt --output-file .ci/runtime.txt pyproject.toml
	$(RUN)/$(PIN) --output-file .ci/chain-of-trust.txt .ci/chain-of-trust.in

$(VENV)/.ready: pyproject.toml .ci/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/pip install --quiet --require-hashes -r .ci/requirements.txt
	$(RUN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# It depends on another tool for task graphs, which ours is not to see.
$(COT)/.ready: .ci/chain-of-trust.txt
	$(PYTHON) -m venv $(COT)
	$(COT)/bin/pip install --quiet --require-hashes -r .ci/chain-of-trust.txt
	touch $@

# Where pyenv keeps the interpreters, it gives the one that it is told of. What only tests need is left
# out: it takes longer to install than all else.
$(VENV)-3.%/.ready: .ci/runtime.txt $(VENV)/.ready
	PYENV_VERSION=3.$* python3.$* -m venv --clear --without-pip $(@D)
	$(RUN)/pip --python $(@D) install --quiet --require-hashes -r .ci/runtime.txt
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-3.* $(COT)

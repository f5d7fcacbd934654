# The book in two commands: `make book` builds the site, `make test` proves it.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: book test test-site pdf core oldest links serve notebooks site lint mutants bench bundle clean help

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SITE := _build/html

# The environment is made anew when the pins or the interpreter change; clocks play no part.
KEY := $(shell { cat requirements.txt constraints.txt; sed '/^\[tool/,$$d' pyproject.toml; $(PYTHON) --version; } 2>&1 | cksum | cut -d' ' -f1)
READY := $(VENV)/ready-$(KEY)

# What drives Chromium.
BROWSER = $(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements-site.txt

# Nothing in the reader's own IPython profile may reach the chapters.
export IPYTHONDIR := $(CURDIR)/$(VENV)/ipython
# Chapters and tests run side by side; more threads in each than one would wait for one another.
export OMP_NUM_THREADS ?= 1

book: notebooks site ## execute what is stale and build the site
	@echo "The book is in $(CURDIR)/$(SITE)/index.html"
	@echo "Open it in a browser, or run 'make serve', with which links show what they lead to: http://127.0.0.1:$(PORT)"

test: site ## build the site, then run every test and compare every stored output
	$(BIN)/pytest --nbval --nbval-current-env -n 2 --dist loadfile --ignore tests/site tests chapters

test-site: site ## build the site, then open every page in the system's Chromium and use it like a reader
	$(BROWSER)
	$(BIN)/pytest -n 2 tests/site

pdf: site ## build the site, then print it as one book with the system's Chromium
	$(BROWSER)
	$(BIN)/python tools/pdf.py

core: $(READY) ## run the tests of the package alone
	$(BIN)/pytest -n 2 --dist loadfile tests/core

oldest: ## run them with the oldest versions that the package admits
	$(PYTHON) -m venv --clear $(VENV)-oldest
	$(VENV)-oldest/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements-oldest.txt
	PYTHONPATH=. $(VENV)-oldest/bin/pytest -n 2 --dist loadfile tests/core

serve: book ## show the site on this machine
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(SITE) $(PORT)

notebooks: $(READY) ## execute the notebooks that are stale
	$(BIN)/python tools/notebooks.py run

# Sphinx keeps what it read, and some of its extensions stumble over a changed bibliography or setting, so then it reads
# all anew. So it does after a failure: it would pass over the warnings of the pages it need not read again. The pages of
# source code are always written anew: Sphinx goes by their age and would leave out new names.
SETTINGS = _config.yml _toc.yml references.bib _ext/*.py _ext/*.toml
site: $(READY)
	@cat $(SETTINGS) | cmp -s - _build/setup || rm -rf _build/.doctrees
	@rm -rf $(SITE)/_modules
	$(BIN)/jupyter-book build . -W -n --keep-going -q || { rm -rf _build/.doctrees; exit 1; }
	@cat $(SETTINGS) > _build/setup

links: $(READY) ## ask every address that the book links to whether it is still there
	$(BIN)/jupyter-book build . --builder linkcheck -q

lint: $(READY) ## check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

mutants: $(READY) ## change the package in small ways, tell which changes no test notices
	$(BIN)/python tools/mutate.py $(if $(FOLDER),--folder $(FOLDER)) --count $(or $(COUNT),25) --seed $(or $(SEED),0)

bench: $(READY) ## time steps against PyTorch and Optax, print the table, keep it for chapter 19
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements-oracles.txt
	env -u OMP_NUM_THREADS $(BIN)/python benchmarks/run.py

bundle: ## bundle anew what the pages take from npm; needs Node
	cd tools/bundle && npm ci --silent && npm run build --silent

clean: ## remove the site and the environment
	rm -rf _build $(VENV) $(VENV)-* .pytest_cache .ruff_cache .hypothesis

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The book needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

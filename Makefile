# Two commands do the work: `make build` and `make test`. Each sets up .venv first if need be.
PYTHON ?= python3
BIN := .venv/bin
PICTURES := exploitation_by_theme exploitation_what_became fifty_by_latest_judgement

.PHONY: build test lab check lint lock notebooks

.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch .venv/installed

build: .venv/installed
	$(BIN)/analysis build

test: .venv/installed
	$(BIN)/python -m pytest --numprocesses 2
	$(BIN)/python -m pytest --nbval --nbval-current-env --numprocesses 2 --dist loadfile notebooks

# JupyterLab shows the stored pictures only of notebooks that it trusts.
lab: .venv/installed
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab notebooks

check: .venv/installed
	$(BIN)/analysis check

lint: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-strip-extras --custom-compile-command "make lock" --output-file requirements.txt

# Runs every notebook and stores its outputs, and takes the README's pictures from what `make build` wrote.
notebooks: build
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/*.ipynb
	cp $(PICTURES:%=exports/charts/%.svg) notebooks/pictures/

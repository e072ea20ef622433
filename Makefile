# Two commands do the work: `make build` and `make test`. Each sets up .venv first if need be.
PYTHON ?= python3
BIN := .venv/bin
PICTURES := exploitation_by_theme exploitation_what_became fifty_by_latest_judgement

COMPILE := uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: build test lab check lint lock notebooks attacks benchmarks spark

# The lock names every package, so that pip need not look for any: with --no-deps it takes just these.
.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.txt
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
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra spark --constraints requirements.txt --output-file requirements-spark.txt

# Runs every notebook and stores its outputs, and takes the README's pictures from what `make build` wrote.
notebooks: build
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False notebooks/*.ipynb
	cp $(PICTURES:%=exports/charts/%.svg) notebooks/pictures/

# Attempts to break what the project promises, each longer than a test may be: tests/attacks says what each does.
attacks: .venv/installed
	PYTHONPATH=tests $(BIN)/python -m attacks.tables --every 3
	PYTHONPATH=tests:tests/sources:tests/passages $(BIN)/python -m attacks.readers
	PYTHONPATH=tests $(BIN)/python -m attacks.content
	PYTHONPATH=tests $(BIN)/python -m attacks.outputs
	PYTHONPATH=tests $(BIN)/python -m attacks.strokes
	PYTHONPATH=tests $(BIN)/python -m attacks.kills --kills 200
	PYTHONPATH=tests $(BIN)/python -m attacks.full_disk
	PYTHONPATH=tests $(BIN)/python -m attacks.side_by_side
	PYTHONPATH=tests $(BIN)/python -m attacks.same_again

# Ratios, never a test: tests/benchmarks/README.md says how to read them.
benchmarks: .venv/installed
	PYTHONPATH=tests $(BIN)/python -m benchmarks.waits
	PYTHONPATH=tests $(BIN)/python -m benchmarks.charts
	PYTHONPATH=tests $(BIN)/python -m benchmarks.growth

.venv/spark/installed: requirements-spark.txt pyproject.toml
	$(PYTHON) -m venv .venv/spark
	.venv/spark/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements-spark.txt
	.venv/spark/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch .venv/spark/installed

# The transforms on Spark, which needs Java 17 or later.
spark: .venv/spark/installed
	.venv/spark/bin/python -m pytest tests/spark tests/test_frames.py

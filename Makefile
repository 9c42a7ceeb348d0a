# make demo   the main job on a sample shop's events
# make test   every test and check
# Each makes the environment first; PYTHON names the Python to make it with.

PYTHON ?= python3
BIN := .venv/bin
export DO_NOT_TRACK := 1
export RUNTIME__DLTHUB_TELEMETRY := false

.PHONY: demo test dbt-v2 lock

demo: $(BIN)/.ready
	@$(BIN)/python -m homespun.demo

test: $(BIN)/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	HOMESPUN_DUCKDB_PATH=:memory: $(BIN)/sqlfluff lint --processes 2 models tests/models
	$(BIN)/pytest -n 2 --dist loadfile

# The same project on dbt v2, which new installations of dbt get. Needs npm.
dbt-v2: export HOMESPUN_DUCKDB_PATH := target/dbt_v2_sample/homespun.duckdb
dbt-v2: $(BIN)/.ready
	@rm -rf $(dir $(HOMESPUN_DUCKDB_PATH)) && mkdir -p $(dir $(HOMESPUN_DUCKDB_PATH))
	@$(BIN)/python -m homespun.sample $(dir $(HOMESPUN_DUCKDB_PATH)) --customers 40 > /dev/null
	@$(BIN)/homespun load $(dir $(HOMESPUN_DUCKDB_PATH))day_1 || test $$? -eq 1 # some lines are bad
	.ci/dbt_v2.sh $(HOMESPUN_DUCKDB_PATH)

$(BIN)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Homespun needs Python 3.11 or later: make PYTHON=python3.12 ..."; exit 1; }
	@echo "making .venv from requirements.lock; this takes a minute or two"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

# Exact versions for every supported Python; no address of any registry.
lock: $(BIN)/.ready
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --group dev pyproject.toml \
		--no-annotate --no-header --no-emit-index-url -o requirements.lock

# What a new machine needs: Python 3.11 or later, and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
SIZE   ?= small
export CHENGXIN_HOME ?= $(CURDIR)/var

.PHONY: setup run test lint bench shots clean
setup: $(BIN)/.ready

$(BIN)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 / Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖 / installing what is pinned in requirements.lock …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib src >/dev/null 2>&1 || true  # a program starts twice as fast
	@touch $@

run: setup
	@$(BIN)/chengxin demo --size $(SIZE)
	@$(BIN)/chengxin serve --port $(PORT)

test: setup
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy && $(BIN)/chengxin check

bench: setup
	@$(BIN)/python -m bench $(BENCH)

shots: setup
	@$(BIN)/python -m bench.shots

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

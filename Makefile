# `make run` and `make test` set up .venv from the lock by themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP = .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run test lint bench lock clean

run: .venv/run
	.venv/bin/rapport serve --config config.yaml

test: .venv/dev
	.venv/bin/python -m pytest

lint: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv/dev
	.venv/bin/python -m bench latency

# hatchling comes from the lock like everything else, so that building fetches nothing unpinned.
.venv/run: requirements.lock requirements-build.lock pyproject.toml
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) -r requirements.lock
	$(PIP) -r requirements-build.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(PIP) -r requirements-dev.lock
	touch $@

# For maintainers: needs uv on the PATH.
LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock"
lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock --group build -o requirements-build.lock

clean:
	rm -rf .venv

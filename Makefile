# `make run` and `make test` set up .venv from the lock by themselves.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
INSTALL = install --quiet --disable-pip-version-check --require-hashes
PIP = .venv/bin/pip $(INSTALL)

.PHONY: run test test-clients lint bench onnx sql lock clean

run: .venv/run
	.venv/bin/rapport serve --config config.yaml

test: .venv/dev
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# Other people's clients against real servers, in environments of their own; those of Node only where Node is.
test-clients: .venv/run .venv-clients/done .venv-clients-openai2/done tests/clients/node/node_modules/done
	.venv/bin/python -m tests.clients

lint: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv/dev
	.venv/bin/python -m bench latency

# What runs a local embedding model, into the environment of `make run`.
onnx: .venv/run
	$(PIP) -r requirements-onnx.lock

# What answers questions over tables, into the environment of `make run`.
sql: .venv/run
	$(PIP) -r requirements-sql.lock

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

.venv-clients/done .venv-clients-openai2/done: .venv%/done: requirements%.lock
	test -x .venv$*/bin/python || $(PYTHON) -m venv .venv$*
	.venv$*/bin/pip $(INSTALL) -r $<
	touch $@

tests/clients/node/node_modules/done: tests/clients/node/package-lock.json
	if command -v npm >/dev/null; then npm ci --prefix $(dir $<) --ignore-scripts --no-audit --no-fund --silent && touch $@; fi

# For maintainers: needs uv on the PATH.
LOCK = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock"
lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) -c requirements.lock pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock --group build -o requirements-build.lock
	$(LOCK) -c requirements-dev.lock --group onnx -o requirements-onnx.lock
	$(LOCK) -c requirements-dev.lock --group sql -o requirements-sql.lock
	$(LOCK) --group clients -o requirements-clients.lock
	$(LOCK) --group clients-openai2 -o requirements-clients-openai2.lock

clean:
	rm -rf .venv .venv-clients .venv-clients-openai2 tests/clients/node/node_modules

# Everything a clone needs: `make demo`, `make test`. Works from an empty folder with Python >= 3.11,
# Rust and a C linker; all else is put into .venv, at the versions of constraints.txt.
# Stamps in .make/ keep a second run from building anything again.

SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV   ?= .venv
BENCH  ?= --rounds 3
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Builds with the pinned maturin of .venv instead of whatever pip would fetch.
INSTALL := PATH="$(abspath $(VENV))/bin:$$PATH" $(PIP) --no-build-isolation

PROTO  := $(abspath .make/protoc/bin)
RUST   := $(shell find rust -type f) Cargo.toml Cargo.lock

.PHONY: help build demo test test-rust test-python soak lint types generate proto bench fuzz dist clean constraints

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: .make/build ## .venv with lineseal in it, compiled for release

demo: .make/demo .make/grpcurl ## two models' lives recorded, traced, verified, attacked; then over gRPC (under a minute once built)
	$(VENV)/bin/lineseal demo

test: test-rust test-python ## all tests, of the clients in other languages too

test-rust: .make/rust
	cargo test --workspace --features lineseal-core/fault --locked

test-python: .make/test
	$(PY) -m pytest

soak: .make/test ## the fault tests in full, and ten minutes of loggers under fire (an hour and more)
	$(PY) tests/fault/soak.py
	$(PY) tests/logger/logger_soak.py

lint: .make/test types ## formatting, clippy, ruff, mypy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: .make/test
	$(PY) -m mypy --strict python/lineseal bench

generate: .make/test ## committed files that a program makes: vectors, parts of the guide
	$(PY) tests/spec/make_vectors.py
	$(PY) tests/interop/make_history.py
	$(PY) -m tests.docs.generate

# The descriptor is what the protocol was: it may grow, and nothing in it may change.
proto: .make/proto ## stubs of all languages from proto/, which must be clean and may only have grown
	$(PROTO)/buf lint
	$(PROTO)/buf breaking --against proto/lineseal.binpb
	$(PROTO)/buf build --exclude-source-info -o proto/lineseal.binpb
	PATH="$(PROTO):$$PATH" $(PROTO)/python -m grpc_tools.protoc -Iproto --python_out=python \
	  --grpc_python_out=python --mypy_out=python --mypy_grpc_out=python proto/lineseal/v1/*.proto
	@$(MAKE) --no-print-directory proto-clients

bench: .make/test ## all ratios, and the picture of growth, in some 15 minutes; or: make bench BENCH=--short
	for name in ingest verify trace rpc logger growth; do $(PY) -m bench $$name $(BENCH) || exit 1; done

# Coverage-guided, so it wants a nightly compiler. Without a sanitizer, which would make the threads
# of a ledger ten times as slow: all is safe Rust but for hash_lanes. Findings land in
# fuzz/artifacts; what is mended goes to fuzz/corpus, which `make test` replays with any compiler.
TARGETS := block car columns draft index segment wire
SECONDS_EACH ?= 300

fuzz: .make/rust ## every fuzz target for SECONDS_EACH (300); or: make fuzz TARGETS=car SECONDS_EACH=60
	@cargo +nightly fuzz --version >/dev/null || { echo "make: fuzzing needs cargo-fuzz and a nightly" \
	  "compiler: rustup toolchain install nightly && cargo install cargo-fuzz" >&2; exit 1; }
	python3 fuzz/seed.py
	mkdir -p $(TARGETS:%=fuzz/found/%)
	for target in $(TARGETS); do cargo +nightly fuzz run -s none $$target fuzz/found/$$target \
	  fuzz/corpus/$$target fuzz/seeds/$$target -- -max_total_time=$(SECONDS_EACH) -max_len=4096 \
	  -timeout=20 -rss_limit_mb=2048 || exit 1; done

dist: .make/test ## dist/: sdist, and the wheel built from it and tried in an empty environment
	$(PY) tests/package/check.py

clean: ## all that make made, Rust's target/ included
	rm -rf .make $(VENV) dist target clients/java/target clients/node/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find python bench tests -name __pycache__ -prune -exec rm -rf {} +
	rm -rf clients/node/node_modules examples/express/node_modules
	rm -f python/lineseal/_core*.so

constraints: .make/test ## constraints.txt from the newest versions that pyproject.toml allows
	rm -rf .make/fresh && $(PY) -m venv .make/fresh
	.make/fresh/bin/pip install --quiet maturin '.[test,lint]'
	{ grep '^#' constraints.txt; .make/fresh/bin/pip freeze | grep -v '^lineseal'; } > .make/constraints
	mv .make/constraints constraints.txt && rm -r .make/fresh

# --- stamps -------------------------------------------------------------------------------------

.make/rust:
	@command -v cargo >/dev/null || { echo "make: cargo is missing: lineseal's core is written in" \
	  "Rust; install Rust >= 1.89 (rustup, or your system's packages) and run make again" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "make: cc is missing: Rust links with it; install a C" \
	  "compiler (on Debian: apt-get install build-essential) and run make again" >&2; exit 1; }
	@mkdir -p .make && touch $@

.make/venv: constraints.txt
	python=$$(PYTHON='$(PYTHON)' .ci/find-python) && "$$python" -m venv $(VENV)
	$(PIP) maturin
	@mkdir -p .make && touch $@

# In an environment of its own: grpcio-tools wants an older protobuf than the rest runs with.
.make/proto: pyproject.toml .make/venv
	rm -rf .make/protoc && $(PY) -m venv .make/protoc
	$(PROTO)/python -m pip install --quiet --disable-pip-version-check $$($(PY) -c 'import tomllib; \
	  print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["proto"])')
	@touch $@

.make/build: .make/rust .make/venv pyproject.toml $(RUST)
	@test -e $@ || echo "compiling the core, a few minutes the first time"
	$(INSTALL) --no-deps -e .
	@touch $@

# The extras are installed once; a change in Rust is taken up by .make/build alone.
.make/demo: pyproject.toml constraints.txt | .make/build
	$(INSTALL) -e '.[demo]'
	@touch $@

# A gRPC client by other people, for the demo; where Go or the network is missing, it goes without.
.make/grpcurl: | .make/demo
	$(PY) -m lineseal.demo.grpcurl
	@touch $@

.make/test: pyproject.toml constraints.txt | .make/build
	$(INSTALL) -e '.[test,lint]'
	@touch $@ .make/demo

include clients/rules.mk

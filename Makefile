# Every target does the set-up that it needs and is safe to run again.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
STAMP := .venv/.ready
# Each of the system's processes would compile all of its code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run web demo test check bench lock format
help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

$(STAMP): requirements.txt pyproject.toml
	@.ci/setup

setup: $(STAMP)  ## Install the pinned Python packages into .venv

run: web  ## Start everything on embedded defaults (PostgreSQL, Asterisk, noded, workers, API and web UI)
	@exec .venv/bin/controlplane up

web: $(STAMP)  ## Build the web UI into controlplane/web_dist
	@.ci/web build

demo: $(STAMP)  ## Throw-away system, real SIP calls through it, a table of what was heard and stored
	@exec .venv/bin/controlplane demo

test: $(STAMP)  ## The whole test suite, or a part: make test ARGS=tests/unit
	@exec .venv/bin/pytest $(or $(ARGS),-n 2 --no-loadscope-reorder)

check: $(STAMP)  ## Format, lint, types, layering, dead links, dependency audit
	@$(PY) .ci/check.py

bench: $(STAMP)  ## All benchmarks, or one: make bench BENCH=name
	@$(PY) -m bench $(BENCH)

lock: $(STAMP)  ## Pin requirements.txt anew from pyproject.toml
	@.venv/bin/uv pip compile -q pyproject.toml --all-extras --no-header --no-annotate --universal -o requirements.txt

format: $(STAMP)  ## Format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix-only -q .
	@cd web && npx biome check --write .

# What a person can do here; `make help` lists it. CI runs `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST_WORKERS ?= 3

.PHONY: help
help: ## List what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock pyproject.toml scripts/set-up
	@scripts/set-up

.PHONY: set-up
set-up: .venv/.ready ## Make .venv from the hash-checked lock (the others do it by themselves)

.PHONY: demo
demo: .venv/.ready ## Watch deliveries land, targets fall behind and recover: Airflow, board, Slack stand-in; Ctrl-C stops
	@$(BIN)/targetwatch demo

.PHONY: up
up: .venv/.ready ## The same set-up at the real time, with no sample deliveries; Ctrl-C stops
	@$(BIN)/targetwatch up

.PHONY: test
test: lint types imports unit ## Everything that CI checks: lint, types, imports, tests

.PHONY: lint
lint: .venv/.ready ## ruff: style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: .venv/.ready ## mypy
	@$(BIN)/mypy

.PHONY: imports
imports: .venv/.ready ## import-linter: who may import whom
	@$(BIN)/lint-imports

.PHONY: unit
unit: .venv/.ready ## pytest: all tests, the end-to-end one with the real Airflow among them
	@$(BIN)/pytest -q -n $(PYTEST_WORKERS) -m "not end_to_end"
	@$(BIN)/pytest -q -m end_to_end tests/airflow

.PHONY: quick
quick: .venv/.ready ## pytest without the end-to-end test
	@$(BIN)/pytest -q -n $(PYTEST_WORKERS) -m "not end_to_end"

.PHONY: golden
golden: .venv/.ready ## Rewrite the golden files; then read the diff
	@$(BIN)/pytest -q --rewrite-golden -m "not end_to_end" -k golden

.PHONY: bench
bench: .venv/.ready ## The measured figures, as ratios within one run
	@$(BIN)/python -m benchmarks

.PHONY: format
format: .venv/.ready ## Format the code
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format -q .

.PHONY: lock
lock: ## Resolve requirements.lock anew (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock

.PHONY: clean
clean: ## Remove .venv and caches; var/ (all state) stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Klantreis: `make run` and `make test` need nothing beforehand; both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench loadtest soak chaos killed-tills killed-apps mobile-bundles android killed-android till-bench outage crowd main-thread import-history settling questions fuzz audit examples docs cases journey clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?(.*)/  make \1\t\2/' | expand -t 22

setup: $(VENV)/.installed sdk/web/dist/k.js ## make the virtual environment and build the web SDK

run: setup ## run the collector, the embedded ClickHouse and the demo shop; stays in the foreground
	$(BIN)/klantreis serve --demo

test: setup ## run every test
	$(BIN)/python -m pytest tests --numprocesses 2 --dist loadfile

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file sdk/store/pyproject.toml
	sdk/node npm --prefix sdk run check

format: setup ## put the Python code in its standard form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: setup ## measure speed, as ratios of one run
	$(BIN)/python -m loadtest.bench

loadtest: setup ## load a real collector with locust, bounded
	$(BIN)/python -m loadtest.run

soak: setup ## load a real collector for half an hour and watch its memory and open files
	$(BIN)/python -m loadtest.soak

chaos: setup ## kill the real processes at every point of the way, seeded, and count what was lost
	$(BIN)/python -m tests.chaos.run $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

killed-tills: setup ## kill tills at any moment on a line that breaks, seeded, and count what was lost
	$(BIN)/python -m tests.store.killed $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

android: ## build the Java SDK and test it, its Android part on the framework of Android 5 and 15; needs a JDK and Maven
	mvn -B -ntp -f sdk/android/pom.xml package

killed-android: setup ## kill Java programs at any moment on a line that breaks, seeded, and count what was lost
	$(BIN)/python -m tests.android.killed $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

killed-apps: setup ## kill apps at any moment on a line that breaks, seeded, and count what was lost
	$(BIN)/python -m tests.mobile.killed $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

mobile-bundles: setup ## bundle a React Native and an Expo app by their own bundlers, with and without the mobile SDK
	$(BIN)/python -m tests.mobile.bundles

till-bench: setup ## measure how long a sale takes at a till: on a slow disk, with its sender stuck, and its memory
	$(BIN)/python -m loadtest.till

outage: setup ## take ClickHouse away for a while under a steady load, and count what was lost
	$(BIN)/python -m loadtest.outage $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RATE),--rate $(RATE))

crowd: setup ## hold thousands of slow and idle connections open beside a good sender
	$(BIN)/python -m loadtest.crowd

main-thread: setup ## measure what the web SDK takes of a page's main thread, in a Chromium slowed four times
	$(BIN)/python -m loadtest.main_thread

import-history: setup ## import 2 GB of a shop's history, killed twice on the way, and count what was lost
	$(BIN)/python -m loadtest.import_history $(if $(MIB),--mib $(MIB))

settling: setup ## settle the journeys of ten million touchpoints, and of ten thousand people, and say how long it took
	$(BIN)/python -m loadtest.settling

questions: setup ## ask every question of ten million touchpoints, and say how long each took
	$(BIN)/python -m loadtest.questions $(if $(PEOPLE),--people $(PEOPLE))

fuzz: setup ## damage bodies, compression and spools 10,000 times each, seeded, and count what came of it
	$(BIN)/python -m pytest tests/hostile/test_fuzzed_bytes.py tests/spool/test_against_a_plain_list.py --fuzz=10000 --sequences=10000 -s

cases: setup ## every SDK and the collector run the shared cases, counted side by side; needs a JDK and Maven
	$(BIN)/python -m tests.cases.counted

journey: setup ## one person's way over web, store, till, app and phone, told by every SDK, printed as one journey
	$(BIN)/python -m tests.road.one_journey

audit: setup ## ask whether a package in use has a known vulnerability, where the databases can be reached
	.ci/audit $(VENV)

examples: setup ## build the examples of the web SDK by their own tools and drive them in Chromium, against a real collector
	$(BIN)/python -m pytest sdk/examples/driven

docs: setup ## write the generated pages and schema anew
	$(BIN)/python -m collector.generated

clean: ## remove everything that is built; data/ stays
	rm -rf $(VENV) build dist sdk/node_modules sdk/*/node_modules sdk/*/dist tests/mobile/*/node_modules sdk/examples/*/node_modules sdk/examples/*/dist \
		sdk/examples/*/.next sdk/examples/*/.nuxt sdk/examples/*/.output

$(VENV)/.installed: pyproject.toml sdk/store/pyproject.toml .ci/environment
	PYTHON=$(PYTHON) .ci/environment $(VENV)
	touch $@

sdk/web/dist/k.js: $(VENV)/.installed sdk/package-lock.json sdk/web/build.mjs $(shell find sdk \( -name node_modules -o -name dist -o -name examples \) -prune -o -name '*.ts' -print)
	sdk/node npm --prefix sdk ci --no-audit --no-fund
	sdk/node npm --prefix sdk run build

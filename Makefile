# `make` lists what there is. Stamps in .stamps/ remember what is set up; a stamp is touched last, so that
# whatever was interrupted is done again.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PY := $(BIN)/python
PACKAGES := common partners customers agreements motions referrals portal
# what needs Django's settings, but neither database nor broker
DRY := DJANGO_SETTINGS_MODULE=portal.settings DATABASE_URL=postgresql://nobody@localhost/none \
  REDIS_URL=redis://localhost/0 DJANGO_SECRET_KEY=only-to-look-at-the-code

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUNBUFFERED := 1
export npm_config_update_notifier := false
# a home that cannot be written to (containers) has no room for the installers' caches
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.stamps/home
endif

# what was deleted by hand is made again
ifeq ($(wildcard $(PY)),)
$(shell rm -f .stamps/python)
endif
ifeq ($(wildcard node_modules/.package-lock.json),)
$(shell rm -f .stamps/node)
endif
ifeq ($(wildcard frontend/dist/manifest.json),)
$(shell rm -f .stamps/frontend)
endif
ifeq ($(wildcard frontend/collected/staticfiles.json),)
$(shell rm -f .stamps/collected)
endif

CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
# Tailwind reads templates and forms for the classes that they use
LOOKS := $(shell find frontend templates -type f -not -path 'frontend/dist/*' -not -path 'frontend/gen/*' \
  -not -path 'frontend/collected/*') $(wildcard package.json vite.config.* */forms.py */forms/*.py)

.PHONY: help setup run test check format lint types contracts templates migrations translations bench drill fuzz manage fix messages

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

setup: .stamps/python .stamps/collected $(COMPILED) ## everything that is needed, without starting anything
	@:

run: setup ## the whole portal with a demo, at PORT (8000), data in DATA_DIR (.local); Ctrl-C stops it
	@exec $(PY) -m portal.local run

PYTEST_ARGS ?= -n 2 --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=95
test: setup ## every test; PYTEST_ARGS="tests/motions -x" for some
	@exec $(PY) -m portal.local exec -- pytest $(PYTEST_ARGS)

check: format lint types contracts templates migrations translations ## all of these; each is a target of its own
	@echo "All checks passed."

format: setup
	@ruff format --check --quiet .

lint: setup
	@ruff check --quiet .

types: setup
	@$(DRY) mypy --no-error-summary $(PACKAGES)

contracts: setup
	@lint-imports --no-logo >.stamps/contracts.log || { cat .stamps/contracts.log; exit 1; }

templates: setup
	@find templates -name '*.html' -exec djade --target-version 5.2 --check {} +

migrations: setup
	@$(DRY) python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 1 >.stamps/migrations.log || \
	  { cat .stamps/migrations.log; exit 1; }

translations: setup
	@python bin/messages check

SECONDS ?= 60
drill: setup ## faults at random while people edit, SECONDS (60) long; a JSON line of what was lost, doubled, shown wrongly
	@$(PY) -m portal.local exec -- python -m tests.journeys.drill --seconds $(SECONDS)
	@$(PY) -m portal.local exec -- python -m tests.api.drill
	@FEED_CHANGES=10000 exec $(PY) -m portal.local exec -- pytest tests/api/test_races.py -q -n 0 -k polls

EXAMPLES ?= 100
REQUESTS ?= 20000
fuzz: setup ## random requests against the doors for long: REQUESTS (20000) drawn here, EXAMPLES (100) of each operation over HTTP
	@API_REQUESTS=$(REQUESTS) API_EXAMPLES=$(EXAMPLES) exec $(PY) -m portal.local exec -- \
	  pytest tests/api/test_drawn.py tests/api/test_random.py tests/wire/test_random.py \
	  tests/wire/test_referral_random.py -q -n 0

bench: setup ## measure; ONLY=name,... and SCALE=N; a JSON line each
	@exec $(PY) -m portal.local exec --migrated -- python -m bench

manage: setup ## ARGS="...": a command of manage.py where `make run` keeps its data
	@exec $(PY) -m portal.local exec --migrated -- python manage.py $(ARGS)

fix: setup ## put right what the formatters can
	@ruff format --quiet .
	@ruff check --quiet --fix .
	@find templates -name '*.html' -exec djade --target-version 5.2 {} +

messages: setup ## bring the catalogues up to date with the sources
	@python bin/messages update

.stamps/python: requirements/uv.txt requirements/dev.txt
	@mkdir -p .stamps "$$HOME"
	@bin/venv
	@touch $@

.stamps/node: package-lock.json package.json .stamps/python
	@echo "Installing node packages ..." >&2
	@npm ci --silent --no-progress
	@touch $@

.stamps/frontend: .stamps/node $(LOOKS)
	@echo "Building styles and scripts ..." >&2
	@npm run build --silent >.stamps/build.log 2>&1 || { cat .stamps/build.log >&2; exit 1; }
	@touch $@

.stamps/collected: .stamps/frontend
	@$(DRY) python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

%.mo: %.po .stamps/python
	@pybabel --quiet compile --input-file $< --output-file $@

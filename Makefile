# Python 3.11 or later and make are all this needs.
PYTHON ?= python3
VENV ?= .venv
SIZE ?= medium

RUN = $(PYTHON) crm/launch/environment.py
DEV = $(PYTHON) crm/launch/environment.py --dev

.PHONY: help run test check quick bench pictures format lock messages compilemessages

help:
	@echo "make run              start the CRM with everything it needs (PORT, CRM_HOME, DATABASE_URL, REDIS_URL, EMAIL_URL)"
	@echo "make test             every test, browser included (ARGS=... for pytest)"
	@echo "make check            every static check"
	@echo "make quick            those that take seconds"
	@echo "make bench            speed against the floors (SIZE=small|medium|large)"
	@echo "make pictures         photograph the pages the README shows"
	@echo "make format           lay the code out as ruff does"
	@echo "make lock             resolve the dependencies anew into the hashed lock files"
	@echo "make messages         collect the texts to translate; compilemessages compiles them"

run:
	@$(RUN) crm.launch

test:
	@$(DEV) crm.launch.chromium
	@$(VENV)/bin/python -m pytest -n 2 $(ARGS)

check:
	@$(DEV) tests.checks

quick:
	@$(DEV) tests.checks --quick

bench:
	@$(DEV) tests.bench --size $(SIZE)

pictures:
	@$(DEV) crm.launch.chromium
	@$(DEV) tests.pictures

format:
	@$(DEV)
	@$(VENV)/bin/ruff check --fix --quiet . || true
	@$(VENV)/bin/ruff format .
	@find templates -name '*.html' -exec $(VENV)/bin/djade --target-version 5.2 {} +

# The lock names every package with its hashes and no address, so that any index will do.
LOCK = $(VENV)/bin/uv pip compile pyproject.toml --extra embedded --universal --generate-hashes \
	--no-emit-index-url --no-header --python-version 3.11 --quiet $(UPGRADE)

lock:
	@$(DEV)
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

messages:
	@$(DEV) crm.launch.messages

compilemessages:
	@$(RUN) crm.launch.translations

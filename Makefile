# Python 3.11 or later and make are all this needs.
PYTHON ?= python3
VENV ?= .venv
SIZE ?= medium

RUN = $(PYTHON) launch/environment.py
DEV = $(PYTHON) launch/environment.py --dev

.PHONY: help run test check bench format lock messages compilemessages

help:
	@echo "make run              start the CRM with everything it needs (PORT, CRM_HOME, DATABASE_URL, REDIS_URL, EMAIL_URL)"
	@echo "make test             every test, browser included (ARGS=... for pytest)"
	@echo "make check            every static check"
	@echo "make bench            speed against the floors (SIZE=small|medium|large)"
	@echo "make format           lay the code out as ruff does"
	@echo "make lock             resolve the dependencies anew into the hashed lock files"
	@echo "make messages         collect the texts to translate; compilemessages compiles them"

run:
	@$(RUN) launch

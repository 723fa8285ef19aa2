# What people do with this folder. Each target says what it is for; `make help` lists them.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
IN_VENV := .venv/bin/python
# A worker that has nothing left takes over from another: the last long test does not wait behind short ones.
PYTEST := $(IN_VENV) -m pytest -n 2 --dist worksteal
EMBEDDED := MODE=embedded $(IN_VENV) manage.py

.DEFAULT_GOAL := help
.PHONY: help run dev manage shell bench pictures test test-sqlite test-postgresql test-everywhere soak rehearsal messages secrets environment environment-dev \
	lint lint-code lint-format lint-types lint-imports lint-migrations lint-templates

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1@\2/' | column -t -s @

run: environment ## try the product on this machine (PORT=8001 for another port)
	@$(IN_VENV) -m tools.run

dev: environment-dev ## work on the product, on what `make run` has made: what is saved shows at once
	@$(EMBEDDED) prepare
	@$(EMBEDDED) demo --list || true
	@DJANGO_SETTINGS_MODULE=tools.dev.settings $(EMBEDDED) runserver $${PORT:-8000}

manage: environment ## run a command on what `make run` has made: make manage ARGS="send_reminders --dry-run"
	@$(EMBEDDED) $(ARGS)

shell: environment ## Python with the product loaded
	@$(EMBEDDED) shell

bench: environment ## measure the product against bare Django and DRF (ARGS="--sizes 2500" for a quick one)
	@$(IN_VENV) -m bench $(ARGS)

pictures: environment-dev ## take pictures of every page, for each role, narrow and wide, light, dark and on paper
	@$(IN_VENV) -m tools.pictures

test: test-sqlite test-postgresql ## all tests that this machine can run (REQUIRE_SERVICES=1: all)

test-sqlite: environment-dev
	$(PYTEST) -m "not soak" $(ARGS)

# What starts processes or a browser chooses its own database, and some tests ask nothing of it: not repeated.
test-postgresql: environment-dev
	@if url=$$($(IN_VENV) -m tests.services); then \
		echo "The domain's tests again, on PostgreSQL."; \
		DATABASE_URL=$$url $(PYTEST) -m "not processes and not browser and not once and not soak" $(ARGS); \
	else \
		echo "!!! NOT RUN: the domain's tests on PostgreSQL. Start one on 127.0.0.1:5432 or set TEST_POSTGRESQL_URL." >&2; \
		test "$(REQUIRE_SERVICES)" != 1; \
	fi

soak: environment-dev ## what takes long: the slow tests, every page for each role in all languages
	$(PYTEST) -m soak $(ARGS)
	EVERYWHERE=all $(PYTEST) tests/web/test_everywhere.py

rehearsal: environment-dev ## play a city of 150 managers through twelve rounds, mail by mail (REHEARSAL_SEED=1 for another)
	$(IN_VENV) -m pytest -q -s -m soak tests/notifications/test_rehearsal.py $(ARGS)

test-everywhere: environment-dev ## every page for each role in all languages and both modes (some minutes)
	EVERYWHERE=all $(PYTEST) tests/web/test_everywhere.py $(ARGS)

lint: lint-code lint-format lint-types lint-imports lint-migrations lint-templates ## all checks that need no run

lint-code: environment-dev
	$(IN_VENV) -m ruff check

lint-format: environment-dev
	$(IN_VENV) -m ruff format --check

lint-types: environment-dev
	$(IN_VENV) -m mypy toimenpiteet notifications bench tests tools manage.py

lint-imports: environment-dev
	.venv/bin/lint-imports

lint-migrations: environment-dev
	DJANGO_SETTINGS_MODULE=tests.settings $(IN_VENV) manage.py makemigrations --check --dry-run

lint-templates: environment-dev
	DJANGO_SETTINGS_MODULE=tests.settings $(IN_VENV) manage.py check_templates
	.venv/bin/djlint --lint --check --quiet templates

messages: environment ## find new messages in the code, take out what is gone, compile the catalogues
	@$(IN_VENV) -m tools.messages --update

secrets: ## make the secret files that docker-compose.yml reads
	@umask 077; mkdir -p secrets; for name in secret_key database_password; do \
		test -s secrets/$$name || { $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > secrets/$$name; \
		echo "Made secrets/$$name."; }; done; touch secrets/email_password; chmod 644 secrets/*

environment:
	@$(call make-environment,run)

environment-dev:
	@$(call make-environment,dev)

define make-environment
if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed, and none was found on this machine." >&2; exit 1; fi; \
$(PYTHON) tools/environment.py $(1) && $(IN_VENV) -m tools.messages
endef

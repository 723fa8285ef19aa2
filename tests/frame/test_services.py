"""A missing service is missed loudly, or is a failure."""

import os
import subprocess
import sys

import pytest

from tests.programs import ROOT

NOWHERE = {
    "TEST_REDIS_URL": "redis://127.0.0.1:1",
    "TEST_POSTGRESQL_URL": "postgresql://127.0.0.1:1/x",
    "CHROMIUM": "no",
}


@pytest.mark.needs_redis
def test_sample_with_redis(redis_url: str) -> None:
    assert redis_url.startswith("redis://")


def test_sample_with_postgresql(postgresql_url: str) -> None:
    assert postgresql_url.startswith("postgresql://")


@pytest.mark.needs_chromium
def test_sample_with_chromium(chromium: str) -> None:
    assert os.access(chromium, os.X_OK)


def run_samples(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", __file__, "-k", "test_sample"]
    environment = {**os.environ, **NOWHERE, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False, timeout=120)


@pytest.mark.processes
def test_without_services_the_suite_passes_and_names_what_did_not_run() -> None:
    done = run_samples(REQUIRE_SERVICES="")

    assert done.returncode == 0, done.stdout
    _, _, summary = done.stdout.partition("NOT RUN: services are missing")
    for line in (
        "PostgreSQL (start one on 127.0.0.1:5432 or set TEST_POSTGRESQL_URL): 1 not run",
        "Redis (start one on 127.0.0.1:6379 or set TEST_REDIS_URL): 1 not run",
        "Chromium (install the package chromium or set CHROMIUM): 1 not run",
        "    tests/frame/test_services.py::test_sample_with_redis",
        "    tests/frame/test_services.py::test_sample_with_postgresql",
    ):
        assert line in summary


@pytest.mark.processes
def test_where_services_are_required_a_missing_one_is_a_failure() -> None:
    done = run_samples(REQUIRE_SERVICES="1")

    assert done.returncode == 1
    assert "MISSING SERVICE Redis" in done.stdout
    assert "3 errors" in done.stdout

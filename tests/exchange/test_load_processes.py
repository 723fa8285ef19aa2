"""Two loads at once, as when two containers start together: one does the work, the other finds it done."""

import json
import sys
from pathlib import Path

import pytest

from tests.exchange.files import ENTRIES, written
from tests.programs import clean_environment, running

pytestmark = pytest.mark.processes


def both_at_once(path: Path, environment: dict[str, str]) -> list[int]:
    """Return how many rows each of two loads made."""
    command = [sys.executable, "manage.py", "load_strategies", "--json", str(path)]
    with running(command, environment) as first, running(command, environment) as second:
        for program in (first, second):
            assert program.process.wait(60) == 0, program.output()
        counts = [json.loads(program.output()) for program in (first, second)]
    return sorted(sum(kind["created"] for kind in count.values()) for count in counts)


def test_on_sqlite(migrated_var_dir: Path) -> None:
    environment = clean_environment(MODE="embedded", VAR_DIR=str(migrated_var_dir))
    assert both_at_once(written(migrated_var_dir), environment) == [0, ENTRIES]


@pytest.mark.needs_postgresql
def test_on_postgresql(tmp_path: Path, migrated_postgresql_url: str) -> None:
    environment = clean_environment(MODE="embedded", VAR_DIR=str(tmp_path), DATABASE_URL=migrated_postgresql_url)
    assert both_at_once(written(tmp_path), environment) == [0, ENTRIES]

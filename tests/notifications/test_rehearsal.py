"""A city rehearsed over its rounds: short with every run of the tests, long with ``make rehearsal``."""

import os
from datetime import date
from typing import Any

import pytest

from .rehearsed import Rehearsal

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SEED = int(os.environ.get("REHEARSAL_SEED") or 20261130)


def rehearse(settings: Any, managers: int, rounds: int) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.rehearsed.Postman"
    found = Rehearsal(managers, SEED, date(2026, 8, 3)).play(rounds, most_days=400 * rounds)
    print(found.burden(managers))  # for whoever asked
    assert found.wrong == [], f"REHEARSAL_SEED={SEED}"
    assert found.rounds == rounds
    assert found.answers > managers


def test_a_small_city_gets_through_two_rounds(settings: Any) -> None:
    rehearse(settings, managers=8, rounds=2)


@pytest.mark.soak
def test_a_city_of_150_managers_gets_through_twelve_rounds(settings: Any) -> None:
    rehearse(settings, managers=150, rounds=12)

"""When a city reminds: settings on the strategy's and the municipality's page, and the days that they make."""

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.edit.editors import Kept, html, keep, send
from tests.notifications import build
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Municipality, Strategy
from toimenpiteet.services import audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Any:
    with time_machine.travel(make.NOW, tick=False):
        yield Kept()


def test_the_settings_are_kept_with_a_reason(world: Kept) -> None:
    changes: dict[str, Any] = {"remind_before": "12, 2", "remind_after": "", "remind_above": "", "remind_due": "7"}
    assert send(world.client, keep(world, "strategy"), **changes).status_code == 303
    row = Strategy.objects.get(pk=world.strategy.pk)
    found = (row.remind_before, row.remind_after, row.remind_above, row.remind_due, row.remind_on_opening)
    assert found == ("12, 2", "", None, 7, True)
    assert send(world.client, keep(world, "municipality"), quiet_days="24.12.–1.1.").status_code == 303
    assert Municipality.objects.get(pk=world.municipality.pk).quiet_days == "24.12.–1.1."
    assert row.history.first().history_change_reason


@pytest.mark.parametrize(
    ("name", "field", "value", "said"),
    [
        ("strategy", "remind_before", "huomenna", "Kirjoita työpäivien määriä 1–60"),
        ("strategy", "remind_after", "1,2,3,4,5,6,7", "enintään kuusi päivää"),
        ("strategy", "remind_above", "0", "1"),
        ("municipality", "quiet_days", "heinäkuu", "Kirjoita mistä päivästä mihin"),
        ("municipality", "quiet_days", "31.6.–1.7.", "Sellaista päivää ei ole"),
        ("municipality", "quiet_days", "1.1.–31.12.", "Yli 200 vuoden päivää"),
    ],
)
def test_what_is_no_day_is_refused_in_words_and_stays_typed(
    world: Kept, name: str, field: str, value: str, said: str
) -> None:
    page = send(world.client, keep(world, name), **{field: value})
    assert page.status_code == 422
    assert said in html(page)
    assert value in html(page)


def test_the_page_of_the_rounds_shows_the_days_that_they_make() -> None:
    world = build.RoundWorld()
    audited.change(world.strategy, make.stamp(), remind_before="10, 2", remind_after="1")
    client = signed_in(world.director)
    page = html(client.get(reverse("rounds", args=[world.strategy.pk])))
    assert "30.11.2026, 15.12.2026, 29.12.2026, 4.1.2027, ylemmälle vastuutaholle 15.1.2027" in page

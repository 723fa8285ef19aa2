"""A person's calendar as a feed."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from notifications.models import CalendarFeed
from tests import make
from toimenpiteet.services import audited

from .build import DUE, FIRST, SECOND, RoundWorld, at
from .test_holding import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OWN = "/muistutukset/omat/"


@pytest.fixture
def world() -> Any:
    with time_machine.travel(at(SECOND), tick=False):
        yield RoundWorld()


def address(client: Client) -> str:
    page = client.post(f"{OWN}kalenteri/", {"act": "make"}).content.decode()
    return page.partition("http://localhost:8000")[2].partition("</code>")[0]


def days(answer: Any) -> dict[str, date]:
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found: Any = Calendar.from_ical(answer.content)
    return {str(event["summary"]): event["dtstart"].dt for event in found.walk("VEVENT")}


def test_it_has_the_days_of_rounds_and_ones_own_due_dates(world: RoundWorld) -> None:
    mine = make.plan(
        make.action_item(world.goal, world.unit, name_fi="Kysely,\r\nBEGIN:VEVENT"),
        world.period,
        due_on=date(2027, 2, 1),
        due_precision="day",
    )
    make.step(mine, text_fi="Lähetetään kysely", due_on=date(2027, 1, 15), due_precision="day")
    other = make.unit(world.municipality, "Tilapalvelut")
    make.plan(make.action_item(world.goal, other, name_fi="Toisten"), world.period, due_on=DUE, due_precision="day")
    feed = address(client_of(world.manager))
    assert days(Client().get(feed)) == {
        "budget 2027 opens: Mallilan strategia": FIRST,
        "Answers are due, budget 2027: Mallilan strategia": DUE,
        "Step due: Lähetetään kysely": date(2027, 1, 15),
        "Due: Kysely, BEGIN:VEVENT": date(2027, 2, 1),
    }


def test_its_address_is_kept_as_a_hash_and_ends_when_it_is_revoked_or_made_anew(world: RoundWorld) -> None:
    client = client_of(world.manager)
    first = address(client)
    assert first.split("/")[-1].removesuffix(".ics") not in str(CalendarFeed.objects.values())
    second = address(client)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert second not in client.get(OWN).content.decode()
    client.post(f"{OWN}kalenteri/", {"act": "revoke"})
    assert Client().get(second).status_code == 404


def test_it_ends_with_the_account_and_shows_nothing_without_a_role(world: RoundWorld) -> None:
    feed = address(client_of(world.manager))
    audited.remove(world.manager.memberships.get(), make.stamp())
    assert days(Client().get(feed)) == {}
    make.change_user(world.manager, is_active=False)
    assert Client().get(feed).status_code == 404


@pytest.mark.parametrize("key", ["x", "%00", "a" * 5000])
def test_a_key_that_is_none_opens_nothing(world: RoundWorld, key: str) -> None:
    assert Client().get(f"/kalenteri/{key}.ics").status_code == 404

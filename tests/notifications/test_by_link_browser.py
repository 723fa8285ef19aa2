"""The page of a mailed link in a real browser: on a phone, in dark mode, by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from notifications.links import PATH, digest_of, key_of
from notifications.models import AnswerLink, Reminder
from tests import make
from tests.rounds.test_answering import Several
from tests.web.browser import faults, open_all, visiting
from toimenpiteet.models import StatusReport

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world() -> Several:
    return Several(4)


def link_of(world: Several) -> str:
    """Return the path of a link as a mail would have it, now."""
    row = Reminder.objects.create(
        key="day", municipality=world.municipality, recipient_key=f"person:{world.manager.pk}", language="fi",
        person=world.manager, day=make.TODAY, due_at=make.NOW, created_at=make.NOW, next_attempt_at=make.NOW,
        message_id="<a@b>", address=make.name(world.manager.email, "address", world.manager.pk),
    )  # fmt: skip
    key = key_of(row.pk, world.round.pk)
    AnswerLink.objects.create(
        reminder=row, round=world.round, municipality=world.municipality, person=world.manager, digest=digest_of(key),
        ends_on="2199-12-31",
    )  # fmt: skip
    return f"{PATH}{key}/"


@contextmanager
def opened(browser: Browser, live_server: LiveServer, world: Several, **options: object) -> Iterator[Page]:
    with visiting(browser, live_server.url, service_workers="block", **options) as page:
        page.goto(f"{link_of(world)}#vastaus-{world.plans[3].pk}")
        yield page


@pytest.mark.parametrize("options", [{"viewport": PHONE, "color_scheme": "dark"}, {"color_scheme": "light"}])
def test_nothing_is_at_fault(
    browser: Browser, live_server: LiveServer, world: Several, options: dict[str, object]
) -> None:
    with opened(browser, live_server, world, **options) as page:
        assert page.url.endswith(f"/vastaa/#vastaus-{world.plans[3].pk}"), "the key is gone, the place is kept"
        page.get_by_label("Ongelma").first.check()
        open_all(page)
        assert faults(page) == []


def test_by_keyboard_a_choice_brings_the_fields_it_needs_and_one_button_sends(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with opened(browser, live_server, world) as page:
        first, second = (page.locator(f"#vastaus-{plan.pk}") for plan in world.plans[:2])
        expect(first.get_by_label("Syy")).to_be_hidden()
        expect(first.get_by_label("Mitä on tehty")).to_be_hidden()
        first.get_by_label("Päivitä").focus()
        page.keyboard.press("Space")
        expect(first.get_by_label("Mitä on tehty")).to_be_visible()
        expect(first.get_by_label("Syy")).to_be_hidden()
        page.keyboard.press("Tab")
        page.keyboard.type("Eteni.")
        second.get_by_label("Ongelma").check()
        second.get_by_label("viivästyy").check()
        for label, words in (("Mitä on tehty", "Odottaa."), ("Syy", "Rahat."), ("Seuraava askel", "Haetaan.")):
            second.get_by_label(label).fill(words)
        page.get_by_role("button", name="Vahvista ja lähetä").press("Enter")
        expect(page.get_by_text("2 vastausta lähetettiin.")).to_be_visible()
    assert sorted(StatusReport.objects.exclude(said="nothing").values_list("light", flat=True)) == [
        "at_risk",
        "on_track",
    ]

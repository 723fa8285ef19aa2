"""Keeping in a real browser: a list put in order by keyboard and by drag; a form that is refused."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.edit.editors import Kept
from tests.web.browser import faults, open_all, sign_in, visiting
from toimenpiteet.models import Theme
from toimenpiteet.services import audited

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> Kept:
    world = Kept()
    audited.change(world.theme, make.stamp(), order=1)
    for place, name in enumerate(("kaksi", "kolme"), 2):
        make.theme(world.strategy, name_fi=name, order=place)
    return world


def names() -> list[str]:
    return list(Theme.objects.order_by("order", "pk").values_list("name_fi", flat=True))


def test_a_list_is_put_in_order_by_keyboard_and_by_drag(browser: Browser, live_server: LiveServer, world: Kept) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.admin)
        page.goto(reverse("edit-order", args=["theme", world.strategy.pk]))
        button = page.get_by_role("button", name="Siirrä ylös: kolme")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("kolme on nyt järjestyksessä 2/3")
        # The same button has the focus where its row went: pressed again, it goes on.
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("kolme on nyt järjestyksessä 1")
        assert names() == ["kolme", "Sujuva toiminta", "kaksi"]

        grip, target = page.locator(".grip").last, page.locator(".ordered-row").first
        box, to = grip.bounding_box(), target.bounding_box()
        assert box
        assert to
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(to["x"] + 20, to["y"] + to["height"] / 2, steps=8)
        page.mouse.up()
        expect(page.locator("#live")).to_contain_text("kaksi on nyt järjestyksessä 1")
        assert names() == ["kaksi", "kolme", "Sujuva toiminta"]


def test_a_refused_form_is_accessible_and_read_from_what_is_wrong(
    browser: Browser, live_server: LiveServer, world: Kept
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.admin)
        page.goto(reverse("edit", args=["strategy", world.strategy.pk]))
        page.fill("input[name=name_fi]", "")
        page.click(".keep-form button")
        expect(page.locator(".refusal")).to_be_focused()
        open_all(page)
        assert faults(page) == []

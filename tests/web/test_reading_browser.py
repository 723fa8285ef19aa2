"""The search in a real browser: found as one types, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import visiting

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> make.World:
    return make.World()


def test_results_come_as_one_types_and_the_field_keeps_the_focus(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        page.goto("/haku/")
        page.locator("#search-words").press_sequentially("tiekar", delay=30)
        expect(page.locator(".hit mark").first).to_have_text("tiekartta")
        expect(page.locator("#search-words")).to_be_focused()
        expect(page.locator("#search-count")).to_have_text("1 osuma.")
        page.wait_for_url("**/haku/?q=tiekar**")
        page.locator("#search-words").press("Enter")
        page.wait_for_load_state()
        page.click(".hit a")
        expect(page.locator("h1")).to_have_text("Digitalisaation tiekartta")


def test_the_search_works_without_javascript(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url, java_script_enabled=False) as page:
        page.goto("/haku/")
        page.fill("#search-words", "tiekartan")
        page.locator("#search-words").press("Enter")
        page.wait_for_url("**/haku/?q=tiekartan**")
        assert page.locator(".hit").count() == 1

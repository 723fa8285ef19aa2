"""The search in a real browser: as one types, and without JavaScript; and signing in, back to where one was."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import visiting
from toimenpiteet.models import User

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


def test_signing_in_leads_back_to_the_very_place_on_the_page(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    person, item = world.manager, f"/toimenpiteet/{world.item.pk}/"
    make.change_user(person, language="fi")
    with visiting(browser, live_server.url) as page:
        # A link in a mail, a link to somewhere on a page that asks to sign in, and what a public page offers.
        page.goto(item)
        page.get_by_role("link", name="Kirjaudu kertomaan, miten työ etenee").click()
        sign_in_here(page, person)
        page.wait_for_url(f"**{item}#plan-{world.plan.pk}")
        forget(page)
        page.goto("/odottaa/#later")
        sign_in_here(page, person)
        page.wait_for_url("**/odottaa/#later")
        forget(page)
        page.goto(f"{item}#period-{world.plan.pk}")
        page.get_by_role("link", name="Kirjaudu sisään", exact=True).click()
        sign_in_here(page, person)
        page.wait_for_url(f"**{item}#period-{world.plan.pk}")


def forget(page: Page) -> None:
    """Forget who is signed in; what is under way still would bring the cookie back."""
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()


def sign_in_here(page: Page, person: User) -> None:
    """Fill in the form that the page shows."""
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button")

"""The reading pages and the search in a real browser: accessible, whole on a phone, found as one types."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import sign_in, started, violations, visiting
from toimenpiteet.models import Project
from toimenpiteet.services import record

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with started(chromium_path) as found:
        yield found


@pytest.fixture
def world() -> make.World:
    return make.World()


def pages(world: make.World) -> list[str]:
    indicator = make.indicator(world.strategy, goal=world.goal, doubt="Vuosi puuttuu.")
    project: Project = make.project(world.plan, name_fi="ä" * 200)
    return [
        *("/strategiat/", f"/strategiat/{world.strategy.pk}/", f"/strategiat/{world.strategy.pk}/mittarit/"),
        *(f"/teemat/{world.theme.pk}/", f"/tavoitteet/{world.goal.pk}/", f"/mittarit/{indicator.pk}/"),
        *(f"/ohjelmat/{make.programme(world.strategy).pk}/", "/hankkeet/", f"/hankkeet/{project.pk}/"),
        *("/vastuutahot/", f"/vastuutahot/{world.unit.pk}/", f"/kunnat/{world.municipality.key}/"),
        *("/haku/", "/haku/?q=tiekartta", "/haku/?q=eiole"),
    ]


@pytest.mark.parametrize(("language", "scheme", "width"), [("fi", "light", 1280), ("sv", "dark", 320)])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser: Browser, live_server: LiveServer, world: make.World, language: str, scheme: str, width: int
) -> None:
    record.change(world.unit, make.stamp(), name_fi="Y" * 120)
    found: dict[str, list[str]] = {}
    with visiting(browser, live_server.url, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        sign_in(page, world.director, language)
        for address in pages(world):
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if problems := violations(page) + ([f"{over} px too wide"] if over > 0 else []):
                found[address] = problems
    assert found == {}


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

"""The way back from an item in a real browser: the same place, the same things open; and an act closes nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.rounds.test_answering import Several
from tests.web.browser import FLAGS, settled, sign_in, visiting

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIXELS = 4
SHORT = {"width": 1280, "height": 500}
FOLDS = """
[...document.querySelectorAll("main details")].map((fold) => [fold.id || fold.querySelector("summary").id, fold.open])
"""


@pytest.fixture(params=[False, True], ids=["pages come anew", "pages may be kept"])
def back(browser: Browser, chromium_path: str, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Return a Chromium without the memory of pages that it goes back to, and one with it."""
    if not request.param:
        yield browser
        return
    found = browser.browser_type.launch(
        executable_path=chromium_path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield found
    found.close()


@pytest.fixture
def world() -> Several:
    world = Several(8)
    for plan in world.plans:
        for _number in range(4):
            make.step(plan)
    for plan in world.plans[:4]:
        world.said(plan)
    return world


def folds(page: Page) -> dict[str, bool]:
    """Return which folds are open, by their names: each has one, and no two have the same."""
    found = page.evaluate(FOLDS)
    names = dict(found)
    assert len(names) == len(found)
    assert "" not in names
    return names


def unfold_some(page: Page) -> None:
    """Turn every second fold in sight, and then every third: what is inside others is among them."""
    for every in (2, 3):
        for name, _open in page.evaluate(FOLDS)[::every]:
            summary = page.locator(summary_of(name))
            if summary.is_visible():
                summary.click()
        page.wait_for_timeout(100)
        settled(page)


def summary_of(name: str) -> str:
    """Return the selector of what opens a fold."""
    return f"details[id='{name}'] > summary, summary[id='{name}']"


def goes_and_comes_back(page: Page) -> None:
    """Follow the last link to an item that is in sight, and come back: nothing is elsewhere."""
    before = folds(page)
    assert set(before.values()) == {True, False}
    link = page.locator("main a[href^='/toimenpiteet/']:visible").last
    link.scroll_into_view_if_needed()
    page.mouse.wheel(0, -120)
    page.wait_for_timeout(300)
    top = page.evaluate("scrollY")
    assert top > 400
    leads = link.get_attribute("href")
    link.click()
    page.wait_for_url("**/toimenpiteet/*/")
    page.go_back()
    page.wait_for_load_state()
    settled(page)
    page.wait_for_timeout(300)
    assert folds(page) == before
    assert abs(page.evaluate("scrollY") - top) <= PIXELS
    assert page.evaluate("document.activeElement.getAttribute('href')") == leads


@pytest.mark.parametrize("place", ["waiting", "answers"])
def test_back_from_an_item_leads_to_the_same_place(
    back: Browser, live_server: LiveServer, world: Several, place: str
) -> None:
    with visiting(back, live_server.url, viewport=SHORT) as page:
        sign_in(page, world.manager)
        page.goto({"waiting": "/odottaa/", "answers": world.address}[place])
        unfold_some(page)
        goes_and_comes_back(page)


def test_where_one_was_outlives_neither_the_tab_nor_says_what_was_typed(
    browser: Browser, live_server: LiveServer, world: Several
) -> None:
    with visiting(browser, live_server.url, viewport=SHORT) as page:
        sign_in(page, world.manager)
        page.goto(world.address)
        unfold_some(page)
        page.evaluate("dispatchEvent(new Event('beforeunload'))")
        kept = page.evaluate("history.state")
        assert set(kept) == {"folds", "top", "hand"}
        assert dict(kept["folds"]) == folds(page)
        stored = page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
        assert stored == ["htmx-current-path-for-history"]


def test_an_act_closes_nothing_that_was_open(browser: Browser, live_server: LiveServer, world: Several) -> None:
    with visiting(browser, live_server.url, viewport=SHORT) as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        plan = world.plans[-1]
        card = page.locator(f"#plan-{plan.pk}")
        card.locator(f"#plan-{plan.pk}-steps-summary").click()
        expect(card.locator("li").first).to_be_visible()
        before = folds(page)
        card.get_by_role("button", name="Aloita").click()
        expect(card.locator(".status")).to_contain_text("käynnissä")
        expect(card.locator("li").first).to_be_visible()
        after = folds(page)
        assert {name for name, is_open in before.items() if is_open} <= {
            name for name, is_open in after.items() if is_open
        }
        expect(card.locator(":focus")).to_have_count(1)

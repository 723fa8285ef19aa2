"""The main job in a real browser, with JavaScript and without (test_everywhere.py: is every page accessible)."""

from datetime import date

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import sign_in, violations, visiting
from toimenpiteet.models import PeriodPlan, StatusChange
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> make.World:
    world = make.World()
    make.step(world.plan, text_fi="Kysely asiakkaille", due_on=date(2021, 11, 30), due_precision="season")
    late = make.action_item(world.goal, world.unit, name_fi="Myöhästynyt asia", doubt="Sarake on epäselvä.")
    make.plan(late, world.earlier)
    return world


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_manager_does_their_job(
    browser: Browser, live_server: LiveServer, world: make.World, javascript: bool
) -> None:
    with visiting(browser, live_server.url, java_script_enabled=javascript) as page:
        sign_in(page, world.manager)
        card = page.locator(f"#plan-{world.plan.pk}")
        card.get_by_role("button", name="Aloita").click()
        card.get_by_text("käynnissä").wait_for()
        card.locator("summary", has_text="Keskeytä").click()
        card.locator("textarea[name=comment]").first.fill("Odotetaan hankintaa")
        card.get_by_role("button", name="Keskeytä", exact=True).click()
        page.locator(f"#plan-{world.plan.pk}").get_by_text("keskeytetty", exact=True).first.wait_for()
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        assert page.get_by_text("Odotetaan hankintaa").count() == 1
    assert PeriodPlan.objects.get(pk=world.plan.pk).status == Status.ON_HOLD


def test_a_missing_comment_keeps_what_was_typed_elsewhere_and_says_why(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.director)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        page.locator("summary", has_text="Luovu toimenpiteestä").click()
        page.get_by_role("button", name="Luovu toimenpiteestä", exact=True).click()
        alert = page.locator(f"#plan-{world.plan.pk}-error")
        alert.wait_for()
        assert "Kirjoita" in alert.inner_text()
        assert violations(page) == []
    assert not StatusChange.objects.exists()


def test_the_focus_stays_where_the_person_works(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        tick = page.get_by_role("button", name="Kysely asiakkaille")
        tick.focus()
        page.keyboard.press("Enter")
        page.locator("button[aria-pressed=true]").wait_for()
        # The focus is set in the same turn as the swap, so whoever sees the new button finds the focus on it.
        assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_nothing_moves_while_a_page_comes_in(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url) as page:
        page.add_init_script(
            "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {"
            " window.shifted += entry.value })).observe({ type: 'layout-shift', buffered: true })"
        )
        sign_in(page, world.manager)
        # A slow device on a slow line paints in mid-page, which a fast one does once in a hundred times.
        device = page.context.new_cdp_session(page)
        device.send("Emulation.setCPUThrottlingRate", {"rate": 10})
        line = {"offline": False, "latency": 20, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
        device.send("Network.emulateNetworkConditions", line)
        shifted = {}
        for address in (
            "/odottaa/",
            f"/strategiat/{world.strategy.pk}/suunnitelma/",
            f"/toimenpiteet/{world.item.pk}/",
        ):
            page.goto(address, wait_until="networkidle")
            shifted[address] = page.evaluate("window.shifted")
    assert not any(shifted.values()), shifted

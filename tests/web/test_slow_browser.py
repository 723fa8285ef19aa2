"""A slow, a broken and a lost connection; what is typed meanwhile; the way back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.plan.test_moves import status
from tests.web.browser import sign_in, visiting
from toimenpiteet.models import Step
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> make.World:
    world = make.World()
    for number, text in enumerate(("Kysely asiakkaille", "Koulutus esimiehille")):
        make.step(world.plan, text_fi=text, order=number)
    return world


@contextmanager
def slow(page: Page) -> Iterator[None]:
    """Let each answer take most of a second longer."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    usual = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    wire.send("Network.emulateNetworkConditions", {**usual, "latency": 700})
    yield
    wire.send("Network.emulateNetworkConditions", {**usual, "latency": 0})


def tick(page: Page, step: Step) -> None:
    page.locator(f"#step-{step.pk}-tick").click()


def test_two_quick_ticks_are_both_seen_and_what_is_being_written_beside_them_stays(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    first, second = Step.objects.order_by("order")
    third = make.step(world.plan, text_fi="Tiedote", order=2)
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        page.locator(f"#step-{second.pk}-open").click()
        page.fill("textarea[name=text_fi]", "Koulutus kaikille esimiehille")
        with slow(page):
            tick(page, first)
            expect(page.locator("body:has(.htmx-request)")).to_be_visible()
            tick(page, third)
            expect(page.locator("button[aria-pressed=true]")).to_have_count(2)
        assert page.locator("textarea[name=text_fi]").input_value() == "Koulutus kaikille esimiehille"
        page.get_by_role("button", name="Tallenna", exact=True).click()
        page.get_by_text("Osatoimenpide tallennettiin").wait_for()
    assert Step.objects.filter(pk=second.pk).values_list("text_fi", flat=True).get() == "Koulutus kaikille esimiehille"


def test_a_comment_that_is_being_written_outlives_a_tick_and_the_way_back_shows_what_is(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        page.locator(f"#plan-{world.plan.pk}-start").click()
        page.locator(f"#plan-{world.plan.pk}-pause-summary").click()
        page.fill(f"#plan-{world.plan.pk}-pause-comment", "Odotetaan rahoitusta")
        page.locator(f"#plan-{world.plan.pk}-steps-summary").click()
        tick(page, Step.objects.order_by("order")[0])
        page.locator("button[aria-pressed=true]").wait_for()
        assert page.locator(f"#plan-{world.plan.pk}-pause-comment").input_value() == "Odotetaan rahoitusta"
        page.locator(f"#plan-{world.plan.pk}-pause").click()
        page.locator(f"#plan-{world.plan.pk} .status-on_hold").wait_for()
        page.goto("/strategiat/")
        page.go_back()
        expect(page.locator(f"#plan-{world.plan.pk} .status-on_hold")).to_be_visible()


def _cut(route: Route) -> None:
    """Let the server do what is asked, and cut the line before its answer."""
    route.fetch(max_redirects=0)
    route.abort("internetdisconnected")


def test_a_broken_connection_says_what_is_known_and_leaves_the_focus_where_it_was(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    start = f"#plan-{world.plan.pk}-start"
    with visiting(browser, live_server.url, service_workers="block") as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        page.route("**/siirto/", _cut)
        page.locator(start).press("Enter")
        expect(page.locator("#live")).to_contain_text("emme tiedä, tallentuiko tämä")
        expect(page.locator(start)).to_be_focused()
        assert status(world.plan) == Status.IN_PROGRESS
        page.unroute("**/siirto/")

        page.context.set_offline(True)
        page.locator(start).press("Enter")
        expect(page.locator("#live")).to_contain_text("mitään ei tallentunut")
        steps = page.locator(f"#plan-{world.plan.pk}-steps-summary")
        steps.press("Enter")
        expect(page.locator("#live")).to_contain_text("Verkkoyhteyttä ei juuri nyt ole")
        expect(steps).to_be_focused()
        page.context.set_offline(False)
        steps.press("Enter")
        page.get_by_role("button", name="Kysely asiakkaille").wait_for()


def test_a_phone_shows_the_list_before_its_filters_and_a_chosen_one_with_its_way_out(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    make.plan(world.item, world.earlier)
    with visiting(browser, live_server.url, viewport={"width": 320, "height": 700}) as page:
        sign_in(page, world.director)
        page.goto("/myohassa/")
        field = page.get_by_label("Myöhässä vähintään")
        expect(field).to_be_hidden()
        page.get_by_role("button", name="Rajaa").press("Enter")
        field.fill("100000")
        page.get_by_role("button", name="Näytä").click()
        page.wait_for_url("**days=100000**")
        expect(field).to_be_hidden()
        page.get_by_role("link", name="Tyhjennä").click()
        page.wait_for_url("**/myohassa/")

"""The working lists in a real browser: choosing many, moving them, undoing, by mouse, by keyboard, without scripts."""

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.plan.test_moves import status
from tests.web.browser import sign_in, violations, visiting
from toimenpiteet.models import PeriodPlan, Step
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> make.World:
    return make.World()


@pytest.fixture
def late(world: make.World) -> list[PeriodPlan]:
    """Give five late plans, the first of them with a step."""
    items = [make.action_item(world.goal, world.unit, name_fi=f"Asia {number}") for number in range(5)]
    plans = [make.plan(item, world.earlier) for item in items]
    make.step(plans[0], text_fi="Kysely asiakkaille")
    return plans


def chosen(page: Page) -> int:
    return page.locator("input[form=bulk]:checked").count()


def test_a_director_chooses_a_range_by_keyboard_and_moves_it(
    browser: Browser, live_server: LiveServer, world: make.World, late: list[PeriodPlan]
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.director)
        page.goto("/myohassa/")
        boxes = page.locator("input[form=bulk]")
        assert not page.locator("#bulk").is_visible()
        boxes.nth(0).focus()
        page.keyboard.press("Space")
        boxes.nth(2).focus()
        page.keyboard.press("Shift+Space")
        assert chosen(page) == 3
        boxes.nth(4).click(modifiers=["Shift"])
        assert chosen(page) == 5
        boxes.nth(4).click()
        assert page.locator("[data-count]").inner_text() == "4"
        assert violations(page) == []

        page.select_option("#bulk-name", "discontinue")
        page.fill("#bulk-comment", "Rahoitus päättyi")
        page.click("#bulk-send")
        page.get_by_text("4 toimenpiteen tila on nyt").wait_for()
    assert [status(plan) for plan in late].count(Status.DISCONTINUED) == 4


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_manager_starts_many_and_pauses_one_and_undoes_it(
    browser: Browser, live_server: LiveServer, world: make.World, late: list[PeriodPlan], javascript: bool
) -> None:
    with visiting(browser, live_server.url, java_script_enabled=javascript) as page:
        sign_in(page, world.manager)
        page.locator("input[form=bulk]").nth(0).check()
        page.locator("input[form=bulk]").nth(1).check()
        page.select_option("#bulk-name", "start")
        page.click("#bulk-send")
        page.get_by_text("2 toimenpiteen tila on nyt").wait_for()

        card = page.locator(f"#plan-{late[0].pk}")
        card.locator("summary", has_text="Keskeytä").click()
        card.locator("textarea[name=comment]").first.fill("Odotetaan hankintaa")
        card.get_by_role("button", name="Keskeytä", exact=True).click()
        # The way to undo the first act stands there too: this one is done when its own status is told.
        page.get_by_text("on nyt ”keskeytetty”").wait_for()
        assert status(late[0]) == Status.ON_HOLD
        page.click("[id$=undo]")
        page.locator(f"#plan-{late[0].pk}").get_by_text("käynnissä").wait_for()
        assert page.locator("[id$=undo]").count() == 0
    assert status(late[0]) == Status.IN_PROGRESS


def test_steps_come_when_they_are_opened_and_a_tick_can_be_taken_back(
    browser: Browser, live_server: LiveServer, world: make.World, late: list[PeriodPlan]
) -> None:
    small = {"viewport": {"width": 320, "height": 700}, "reduced_motion": "reduce"}
    with visiting(browser, live_server.url, **small) as page:
        sign_in(page, world.manager)
        page.locator(f"#plan-{late[0].pk}-steps-summary").focus()
        page.keyboard.press("Enter")
        step = page.get_by_role("button", name="Kysely asiakkaille")
        step.wait_for()
        assert page.evaluate("document.activeElement.id") == f"plan-{late[0].pk}-steps-summary"
        step.click()
        page.locator("button[aria-pressed=true]").wait_for()
        assert Step.objects.get().done
        assert violations(page) == []
        page.click("[id$=undo]")
        page.locator("button.tick[aria-pressed=false]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not Step.objects.get().done


@pytest.mark.parametrize("width", [320, 1280])
def test_the_same_controls_stand_at_every_width_and_the_bar_is_near(
    browser: Browser, live_server: LiveServer, world: make.World, late: list[PeriodPlan], width: int
) -> None:
    with visiting(browser, live_server.url, viewport={"width": width, "height": 800}) as page:
        sign_in(page, world.director)
        page.goto("/myohassa/")
        box = page.locator("input[form=bulk]").nth(2)
        # The region was there before anything was put into it.
        heard = page.locator("p[data-chosen]")
        assert heard.count() == 1
        assert heard.inner_text() == ""
        box.focus()
        page.keyboard.press("Space")
        assert heard.inner_text() == "Valittu: 1"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Muuta valittuja (1)"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "bulk-name"
        page.get_by_label("Valitse kaikki tältä sivulta").check()
        assert chosen(page) == len(late)
        assert violations(page) == []


def test_after_a_filter_an_order_and_a_page_the_focus_is_on_what_was_found(
    browser: Browser, live_server: LiveServer, world: make.World, late: list[PeriodPlan]
) -> None:
    assert late
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.director)
        page.goto("/myohassa/")
        focused = "document.activeElement.id"
        page.locator("form.filters button", has_text="Näytä").first.click()
        page.wait_for_url("**#tulos")
        assert page.evaluate(focused) == "tulos"
        assert "5 toimenpidettä" in page.locator("#tulos").inner_text()
        page.locator("a.sort").first.click()
        page.wait_for_url("**sort=**#tulos")
        assert page.evaluate(focused) == "tulos"


def test_a_form_that_comes_back_says_so_first_of_all(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        page.goto("/tunnus/kirjaudu/")
        page.fill("[name=login]", world.director.email)
        page.fill("[name=password]", "väärä salasana")
        page.keyboard.press("Enter")
        page.locator(".refusal[role=alert]").wait_for()
        assert page.title().startswith("Virhe: ")
        sign_in(page, world.director)
        assert not page.title().startswith("Virhe: ")

"""Pages in the middle of work, on a phone and on a desk: full, chosen, refused, overtaken, moved, being edited."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.plan.test_moves import status
from tests.web.browser import faults, open_all, settled, sign_in, visiting
from toimenpiteet.models import PeriodPlan
from toimenpiteet.services import search
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = pytest.mark.parametrize("width", [320, 1280])


class Full(make.World):
    """Sixty late plans, some that await approval, some that nobody has said anything of, and news."""

    def __init__(self) -> None:
        super().__init__()
        with search.gathered():
            items = [make.action_item(self.goal, self.unit, name_fi=f"Asia {number}") for number in range(60)]
            self.late = [make.plan(item, self.earlier) for item in items]
        make.step(self.late[0], text_fi="Kysely asiakkaille")
        make.moved(self.manager, self.late[0], "start", make.NOW)
        for minutes, late in enumerate(self.late[50:]):
            at = make.NOW + timedelta(minutes=minutes)
            make.moved(self.manager, late, "start", at)
            make.moved(self.manager, late, "propose_completion", at, version=2, comment="Valmis on.")


@pytest.fixture
def world() -> Full:
    return Full()


def chosen_faults(page: Page) -> list[str]:
    """Return the faults of a page on which many are chosen, as if nothing lay under the bar: one scrolls it away."""
    page.evaluate("document.getElementById('bulk').style.position = 'static'")
    return faults(page)


def act(page: Page, plan: PeriodPlan, move: str, comment: str | None = None) -> None:
    """Make a move in its card; with a comment it is in a fold."""
    if comment is not None:
        page.locator(f"details:has(> #plan-{plan.pk}-{move}-summary)").evaluate("fold => { fold.open = true }")
        page.locator(f"#plan-{plan.pk}-{move}-comment").fill(comment)
    page.locator(f"#plan-{plan.pk}-{move}").click()
    settled(page)


@WIDTHS
def test_a_managers_page_is_whole_whatever_happens_on_it(
    browser: Browser, live_server: LiveServer, world: Full, width: int
) -> None:
    first, second, third = world.late[:3]
    with visiting(browser, live_server.url, viewport={"width": width, "height": 800}) as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        assert faults(page) == []
        for box in range(3):
            page.locator("input[form=bulk]").nth(box).check()
        assert chosen_faults(page) == [], "many chosen"
        act(page, first, "pause", "")
        page.locator(f"#plan-{first.pk} [aria-invalid=true]").wait_for()
        assert faults(page) == [], "refused"
        make.moved(world.director, second, "start", make.NOW)
        act(page, second, "start")
        page.locator(f"#plan-{second.pk} .refusal, #plan-{second.pk} .conflict").first.wait_for()
        assert faults(page) == [], "somebody was quicker"
        act(page, third, "start")
        # The way back stands in the card that was moved.
        undo = page.locator(f"#plan-{third.pk} .undo button")
        undo.wait_for()
        assert faults(page) == [], "moved"
        undo.click()
        page.locator(f"#plan-{third.pk}").get_by_text("ei aloitettu").wait_for()
        assert status(third) == Status.NOT_STARTED
        page.goto(f"/toimenpiteet/{first.item_id}/")
        page.locator("[id^=step-][id$=-open]").first.click()
        page.locator("textarea[name=text_fi]").wait_for()
        assert faults(page) == [], "being edited"


@WIDTHS
def test_a_directors_pages_are_whole_whatever_happens_on_them(
    browser: Browser, live_server: LiveServer, world: Full, width: int
) -> None:
    waiting = world.late[50]
    with visiting(browser, live_server.url, viewport={"width": width, "height": 800}) as page:
        make.change_user(world.director, changes_seen_at=make.NOW - timedelta(days=1))
        sign_in(page, world.director)
        page.goto("/odottaa/")
        assert page.locator("#news-since").count() == 1
        open_all(page)
        assert faults(page) == []
        act(page, waiting, "send_back", "")
        page.locator(f"#plan-{waiting.pk} [aria-invalid=true]").wait_for()
        assert faults(page) == [], "refused"
        page.goto("/myohassa/")
        page.get_by_label("Valitse kaikki tältä sivulta").check()
        assert chosen_faults(page) == [], "many chosen"
        page.select_option("#bulk-name", "discontinue")
        page.click("#bulk-send")
        page.locator("#bulk-error").wait_for()
        assert page.title().startswith("Virhe: ")
        assert faults(page) == [], "many refused"
        page.fill("#bulk-comment", "Rahoitus päättyi")
        page.click("#bulk-send")
        page.get_by_text("toimenpiteen tila on nyt").wait_for()
        open_all(page)
        assert faults(page) == [], "many moved"

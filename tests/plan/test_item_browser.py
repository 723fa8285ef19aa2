"""The item's page in a real browser: changed in its place, by keyboard, with the focus where the person works."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import settled, sign_in, violations, visiting
from toimenpiteet.models import Comment, Step
from toimenpiteet.services import audited

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> make.World:
    return make.World()


def test_a_step_is_edited_in_its_place_beside_what_was_saved_meanwhile(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    step = make.step(world.plan, text_fi="Kysely asiakkaille")
    with visiting(browser, live_server.url, viewport={"width": 320, "height": 700}) as page:
        sign_in(page, world.manager)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        page.locator(f"#step-{step.pk}-open").press("Enter")
        text = page.locator("textarea[name=text_fi]")
        text.wait_for()
        expect(text).to_be_focused()
        audited.change(Step.objects.get(pk=step.pk), make.stamp(), text_fi="Kysely asukkaille")
        text.fill("Kysely asiakkaille keväällä")
        page.get_by_role("button", name="Tallenna", exact=True).click()
        page.locator(".conflict").wait_for()
        assert violations(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert text.input_value() == "Kysely asiakkaille keväällä"
        page.get_by_role("button", name="Tallenna omani").click()
        page.locator(".toast", has_text="tallennettiin").wait_for()
        expect(page.locator(f"#step-{step.pk}-open")).to_be_focused()
        assert page.locator("#timeline").get_by_text("muutti osatoimenpidettä").count() == 2
    assert list(Step.objects.values_list("text_fi", flat=True)) == ["Kysely asiakkaille keväällä"]


def test_steps_are_added_and_put_in_order_by_keyboard(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    for order, text in enumerate(("Ensimmäinen", "Toinen")):
        make.step(world.plan, text_fi=text, order=order)
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        page.locator(f"#plan-{world.plan.pk}-add-open").press("Enter")
        page.locator("textarea[name=text_fi]").fill("Kolmas")
        page.get_by_role("button", name="Tallenna", exact=True).press("Enter")
        page.locator(".steps-block .step", has_text="Kolmas").wait_for()
        settled(page)
        page.locator(f"#plan-{world.plan.pk}-arrange").press("Enter")
        page.locator(".ordered-row").first.wait_for()
        third = Step.objects.get(text_fi="Kolmas")
        for place in (1, 0):
            settled(page)
            page.locator(f"#step-{third.pk}-up").press("Enter")
            page.locator(".ordered-row").nth(place).get_by_text("Kolmas", exact=True).wait_for()
        expect(page.locator(f"#step-{third.pk}-up")).to_be_focused()
        assert violations(page) == []
    assert list(Step.objects.values_list("text_fi", flat=True)) == ["Kolmas", "Ensimmäinen", "Toinen"]


def test_a_bare_link_to_an_event_of_long_ago_finds_it(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    name = make.name("Maija Mallikas")
    for number in range(40):
        comment = Comment(plan=world.plan, text=f"Kommentti {number}", at=make.NOW, author_name=name)
        audited.add(comment, make.stamp())
    first = Comment.objects.order_by("pk")[0].pk
    with visiting(browser, live_server.url) as page:
        page.goto(f"/toimenpiteet/{world.item.pk}/#tapahtuma-comment-{first}")
        page.locator(f"#tapahtuma-comment-{first}").wait_for()
        assert f"event=comment-{first}" in page.url

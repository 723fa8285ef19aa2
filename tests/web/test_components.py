"""What the frame and its script add in a real browser (test_everywhere.py looks at the page of components itself)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.web.browser import sign_in, violations, visiting
from toimenpiteet.models import Comment

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Odotetaan hankintaa"


@pytest.fixture
def world() -> make.World:
    return make.World()


def test_without_motion_nothing_moves(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url, reduced_motion="reduce") as page:
        sign_in(page, world.manager)
        page.goto("/ulkoasu/")
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration") == "0s"


def test_on_a_phone_the_menu_opens_from_a_button_and_without_a_script_it_is_open(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    size = {"width": 320, "height": 700}
    with visiting(browser, live_server.url, viewport=size) as page:
        sign_in(page, world.manager)
        link = page.locator(".menu").get_by_role("link", name="Myöhässä")
        assert not link.is_visible()
        page.get_by_role("button", name="Valikko").press("Enter")
        link.click()
        page.wait_for_url("**/myohassa/")
    with visiting(browser, live_server.url, viewport=size, java_script_enabled=False) as page:
        sign_in(page, world.manager)
        page.locator(".menu").get_by_role("link", name="Myöhässä").click()
        page.wait_for_url("**/myohassa/")


def _write(page: Page, world: make.World) -> None:
    page.goto(f"/toimenpiteet/{world.item.pk}/")
    page.fill(f"#comment-{world.plan.pk}", TEXT)
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft')).length") == 1


def test_a_text_typed_over_the_end_of_the_session_is_saved_after_signing_in_in_another_tab(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.goto("/odottaa/")
        page.get_by_role("button", name="Aloita").first.wait_for()
        Session.objects.all().delete()
        page.get_by_role("button", name="Aloita").first.click()
        page.get_by_text("Istuntosi on päättynyt").wait_for()
        assert page.locator(f"#plan-{world.plan.pk}").count() == 1
        assert page.locator("#live input[name=password]").count() == 0
        other = page.context.new_page()
        sign_in(other, world.manager)
        other.close()
        # The same button of the same page: its forms have got the new session's token.
        page.get_by_role("button", name="Aloita").first.click()
        page.locator(f"#plan-{world.plan.pk}").get_by_text("käynnissä", exact=True).wait_for()


def test_an_unsaved_text_is_offered_back_and_forgotten_on_signing_out(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, world.manager)
        _write(page, world)
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        page.get_by_role("button", name="Palauta teksti").click()
        assert page.input_value(f"#comment-{world.plan.pk}") == TEXT
        assert page.evaluate("document.activeElement.id") == f"comment-{world.plan.pk}"
        page.goto("/odottaa/")
        page.get_by_role("button", name="Kirjaudu ulos").click()
        page.wait_for_url("**/kirjaudu/**")
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft'))") == []


def test_a_saved_text_is_not_offered_again(browser: Browser, live_server: LiveServer, world: make.World) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        _write(page, world)
        page.locator(f"form:has(#comment-{world.plan.pk}) button").dblclick()
        page.get_by_text("Kommenttisi tallennettiin").wait_for()
        page.goto(f"/toimenpiteet/{world.item.pk}/")
        assert page.get_by_role("button", name="Palauta teksti").count() == 0
    assert Comment.objects.count() == 1


def test_before_the_session_ends_a_dialog_offers_to_go_on(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        session = _session_of(page)
        session.set_expiry(timezone.now() + timedelta(minutes=4))
        session.save()
        page.goto("/odottaa/")
        page.get_by_role("dialog", name="Sinut kirjataan pian ulos").wait_for()
        assert violations(page) == []
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name="Jatka").click()
        page.get_by_role("dialog").wait_for(state="hidden")
        assert _session_of(page).get_expiry_age() > settings.SESSION_COOKIE_AGE - 60


def _session_of(page: Page) -> SessionStore:
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    return SessionStore(key)


def test_without_a_connection_the_worker_shows_its_own_page(
    browser: Browser, live_server: LiveServer, world: make.World
) -> None:
    with visiting(browser, live_server.url) as page:
        sign_in(page, world.manager)
        page.wait_for_function("navigator.serviceWorker.getRegistration().then(found => Boolean(found?.active))")
        page.context.set_offline(True)
        page.goto("/myohassa/")
        page.get_by_role("heading", name="Ei yhteyttä").wait_for()
        # In the style of the other pages.
        assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
        page.context.set_offline(False)

"""The page to read the API with, in a real Chromium under the site's own Content-Security-Policy."""

from typing import Any

import pytest

from tests.api.town import API, Town
from tests.web.browser import started, visiting

pytestmark = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_reader_shows_every_address_and_sends_a_request(chromium: str, live_server: Any) -> None:
    town = Town()
    with started(chromium) as browser, visiting(browser, live_server.url) as page:
        answer = page.goto(f"{API}reader/")
        assert answer is not None
        assert "unsafe" not in answer.headers["content-security-policy"]
        page.wait_for_selector(".opblock")
        shown = {text.replace("\u200b", "") for text in page.locator(".opblock-summary-path").all_inner_texts()}
        assert {f"{API}action-items/", f"{API}plans/{{id}}/transitions/", f"{API}token/"} <= shown
        page.click("#operations-units-units_list .opblock-summary-control")
        page.click("#operations-units-units_list .try-out__btn")
        page.click("#operations-units-units_list .execute")
        body = page.locator("#operations-units-units_list .live-responses-table .highlight-code").first
        body.wait_for()
        assert town.unit.key in body.inner_text()


def test_the_reader_sends_a_signed_in_persons_move(chromium: str, live_server: Any, client: Any) -> None:
    town = Town()
    client.force_login(town.manager)
    with started(chromium) as browser, visiting(browser, live_server.url) as page:
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        page.goto(f"{API}reader/")
        move = "#operations-plans-plans_transitions_create"
        page.click(f"{move} .opblock-summary-control")
        page.click(f"{move} .try-out__btn")
        page.fill(f"{move} tr[data-param-name=If-Match] input", '"1"')
        page.fill(f"{move} tr[data-param-name=id] input", str(town.plan.pk))
        page.fill(f"{move} textarea.body-param__text", '{"name": "start"}')
        page.click(f"{move} .execute")
        page.locator(f"{move} .live-responses-table").wait_for()
        page.wait_for_function("document.querySelector('.live-responses-table .highlight-code')")
        town.plan.refresh_from_db()
        assert town.plan.status == "in_progress"

"""A real Chromium for the tests: sign in as a person would, and ask axe what it finds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests import make
from toimenpiteet.models import User

# Playwright runs an event loop in the test's thread, where Django would otherwise refuse to query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def started(chromium: str) -> Iterator[Browser]:
    """Start Chromium and close it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open a page in a context of its own; what the console complains about fails the test."""
    context = browser.new_context(base_url=address, locale="fi-FI", **options)
    context.set_default_timeout(8000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:")) else complaints.append(request.url),
    )
    yield page
    context.close()
    # A refused form answers 4xx on purpose, and a test may cut the connection; browsers log both as errors.
    wanted = ("status of 4", "ERR_INTERNET_DISCONNECTED")
    assert [text for text in complaints if not any(reason in text for reason in wanted)] == []


def sign_in(page: Page, user: User, language: str = "fi") -> None:
    """Sign in through the form and choose the language."""
    page.goto("/tunnus/kirjaudu/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button")
    page.wait_for_url("**/odottaa/")
    if page.locator("html").get_attribute("lang") != language:
        open_menu(page)
        page.click(f".languages button[value={language}]")
        page.wait_for_load_state()


def open_menu(page: Page) -> None:
    """Open the menu where the page is so narrow that it is folded."""
    if page.locator(".menu-button").is_visible():
        page.click(".menu-button")


def violations(page: Page) -> list[str]:
    """Return what axe finds, as readable lines."""
    found = Axe().run(page, options={"runOnly": RULES})
    return [
        f"{rule['id']}: {rule['help']} – {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]
    ]

"""A real Chromium for the tests: sign in as a person would, and ask axe what it finds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
    wanted = ("status of 4", "ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
    left = [text for text in complaints if not any(reason in text for reason in wanted)]
    assert not left, left


def sign_in(page: Page, user: User, language: str = "fi") -> None:
    """Sign in through the form and choose the language."""
    page.goto("/tunnus/kirjaudu/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", make.PASSWORD)
    page.click("main button")
    page.wait_for_url("**/odottaa/")
    choose(page, language)


def choose(page: Page, language: str) -> None:
    """Change the page's language by its button."""
    if page.locator("html").get_attribute("lang") != language:
        open_menu(page)
        page.click(f".languages button[value={language}]")
        page.locator(f"html[lang={language}]").wait_for()


def open_menu(page: Page) -> None:
    """Open the menu where the page is so narrow that it is folded."""
    if page.locator(".menu-button").is_visible():
        page.click(".menu-button")


# What axe does not look at: WCAG 2.2, 2.5.8 (targets of at least 24 px; a link among other text is excused, and a link
# that stands alone when no other is within a circle of that size), text that runs over the edge, groups without a
# heading, and one main heading and the page's name first in its title.
FAULTS = """
() => {
  const SIZE = 24;
  const shown = (thing) => thing.checkVisibility() && !thing.closest(".visually-hidden") && !thing.matches(".skip");
  const small = (box) => box.width > 0 && Math.min(box.width, box.height) < SIZE - 0.1;
  const inline = (thing) => thing.matches("a") && getComputedStyle(thing).display === "inline";
  const said = (thing) => thing.textContent.trim().length;
  const outside = (low, here, high) => Math.max(low - here, 0, here - high);
  const distance = (box, x, y) => Math.hypot(outside(box.left, x, box.right), outside(box.top, y, box.bottom));
  const targets = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
    .filter(shown).map((thing) => ({ thing, box: thing.getBoundingClientRect() }));
  const crowded = ({ thing, box }) => {
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    return targets.some((other) => other.thing !== thing && distance(other.box, x, y) < SIZE / 2);
  };
  const excused = (target) => inline(target.thing)
    ? said(target.thing.parentElement) > said(target.thing) || !crowded(target)
    : [...target.thing.labels ?? []].some((label) => !small(label.getBoundingClientRect()));
  const found = targets.filter((target) => small(target.box) && !excused(target))
    .map(({ thing, box }) => `small (${box.width | 0} × ${box.height | 0}): ${thing.outerHTML.slice(0, 120)}`);
  document.querySelectorAll("details.group").forEach((group) => {
    if (!group.querySelector(":scope > summary :is(h2, h3, h4)")) found.push(`a group without a heading: ${group.id}`);
  });
  const heads = document.querySelectorAll("h1");
  if (heads.length !== 1) found.push(`${heads.length} main headings`);
  if (!/^[^–].* – Toimenpiteet$/s.test(document.title)) found.push(`title: ${document.title}`);
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("scrolls sideways");
  // On a narrow page a list is cards, and nothing in it runs over their edge.
  const over = window.innerWidth <= 768 ? [...document.querySelectorAll(".scroll:has(> .list)")] : [];
  over.filter((list) => list.scrollWidth > list.clientWidth + 1)
    .forEach((list) => found.push(`runs over: ${list.ariaLabel}`));
  return found;
}
"""

# What is cut off by its own box; the last words on a row that is one line end with an ellipsis until it is opened.
CUT = """
[...document.querySelectorAll("main *, header *")]
  .filter((thing) => thing.checkVisibility() && !thing.closest(".visually-hidden, svg, textarea, select, input"))
  .filter((thing) => !(thing.matches(".previous") && thing.parentElement.querySelector("details:not([open])")))
  .filter((thing) => ["hidden", "clip"].includes(getComputedStyle(thing).overflowX) && thing.clientWidth > 1
    && (thing.scrollWidth > thing.clientWidth + 1 || thing.scrollHeight > thing.clientHeight + 1))
  .map((thing) => `cut: ${thing.outerHTML.slice(0, 120)}`)
"""


def open_all(page: Page) -> None:
    """Unfold everything that is folded, and wait for what is fetched when it opens."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    page.evaluate("document.querySelectorAll('.filters-open').forEach((fold) => fold.ariaExpanded = true)")
    page.evaluate("new Promise((go) => setTimeout(go, 60))")  # the event of an opened part comes a moment later
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is fetched or put into the page any more."""
    # Not wait_for_function: each of its looks but the first is an eval, which the page's policy refuses.
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page for somebody: what axe finds, and what it does not look at (FAULTS, CUT)."""
    return [*violations(page), *page.evaluate(FAULTS), *page.evaluate(CUT)]


def violations(page: Page) -> list[str]:
    """Return what axe finds, as readable lines."""
    # axe leaves the one rule of WCAG 2.2 that it knows out of use unless it is named.
    options = {"runOnly": RULES, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {rule['help']} – {node['html'][:160]}" for rule in found for node in rule["nodes"]]

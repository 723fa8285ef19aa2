"""Driving the real pages as several people, in one language and at one width; what is landed on is looked at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Browser, Page, expect

from tests.rounds.kuopio import Kuopio
from tests.web.browser import choose, faults, settled, sign_in, visiting
from toimenpiteet.models import PeriodPlan
from tools import strings

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ("", "evidence", "change", "report", "of a goal")
HEIGHT = {1280: 800, 390: 844}
# What the page says in its own language, without what is marked as being in another one, and without what people wrote.
OWN_WORDS = """
() => {
  const copy = document.body.cloneNode(true), own = document.documentElement.lang;
  copy.querySelectorAll("[lang], textarea, script, style, template").forEach((part) => {
    if (part.lang !== own) part.remove();
  });
  return copy.textContent.replace(/\\s+/g, " ");
}
"""


@cache
def _elsewhere(language: str) -> dict[str, str]:
    """Return what the product says in other languages and not in this one, each with what it says in this one."""
    whole = {words[0] for _context, words in strings.in_code(ROOT) if len(words) == 1}
    found: dict[str, str] = {}
    with override(language):
        own = {text: gettext(text) for text in whole}
    for other in {"fi", "sv", "en"} - {language}:
        with override(other):
            found |= {gettext(text): own[text] for text in whole if _telling(gettext(text))}
    return {words: said for words, said in found.items() if words not in set(own.values())}


def _telling(words: str) -> bool:
    """Tell whether words are long enough to be no name, and stand on the page as they stand in the catalogue."""
    return words.count(" ") > 1 and not re.search(r"[%<{\n]", words)


@dataclass(frozen=True)
class Drive:
    """A city's people at their browsers."""

    browser: Browser
    address: str
    city: Kuopio
    language: str
    width: int

    @contextmanager
    def visit(self, role: str = "") -> Iterator[Page]:
        """Open a browser of its own, and sign in as the one who has the role; without one only choose the language."""
        size = {"width": self.width, "height": HEIGHT[self.width]}
        with visiting(self.browser, self.address, viewport=size) as page:
            # The first page of a process takes as long as the machine is busy; nothing here is about speed.
            page.set_default_timeout(30_000)
            if role:
                sign_in(page, self.city.people[role], self.language)
            else:
                page.goto("/strategiat/")
                choose(page, self.language)
            yield page

    def words(self, text: str, context: str = "", **values: Any) -> str:
        """Return what the product says for an English text; fails for one that it does not say."""
        with override(self.language):
            said = pgettext(context, text) if context else gettext(text)
        assert said != text, f"{text}: not in the catalogue"
        return said % values if values else said

    def look(self, page: Page) -> None:
        """Look at the page that one has landed on: whole, accessible, and in its language alone."""
        settled(page)
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        said = page.evaluate(OWN_WORDS)
        foreign = [f"{words} – {own}" for words, own in _elsewhere(self.language).items() if words in said]
        found = [*faults(page), *foreign]
        assert found == [], f"{page.url}: {found}"

    def hears(self, page: Page, text: str, **values: Any) -> None:
        """Wait for what the page says aloud after an act; a value that is not given may be any."""
        said = re.escape(self.words(text)) if "%(" in text and not values else re.escape(self.words(text, **values))
        expect(page.locator("#live")).to_have_text(re.compile(re.sub(r"%\\\(\w+\\\)s", ".+", said)))

    def review_page(self, page: Page) -> None:
        """Go to the review from the page of the rounds."""
        page.goto(f"/strategiat/{self.city.strategy.pk}/kierrokset/")
        page.locator(f"#kierros-{self.city.asked.pk} a[href$='/katselmus/']").click()
        page.wait_for_url("**/katselmus/")

    def answers_page(self, page: Page) -> None:
        """Look at the page on which one has landed: it takes the round's answers."""
        expect(page.locator("#kierros .round-name")).to_be_visible()
        self.look(page)

    def press(self, page: Page, text: str, context: str = "") -> None:
        """Press the button or follow the link of a name inside the page."""
        name = re.compile(f"^{re.escape(self.words(text, context))}")
        page.locator("main").get_by_role("button", name=name).or_(
            page.locator("main").get_by_role("link", name=name)
        ).first.click()

    def downloaded(self, page: Page, link: str) -> bytes:
        """Download what a link gives."""
        with page.expect_download() as coming:
            page.click(link)
        return Path(coming.value.path()).read_bytes()


@dataclass(frozen=True)
class Row:
    """The row of a plan on the page of a round's answers."""

    drive: Drive
    page: Page
    plan: PeriodPlan

    @property
    def place(self) -> str:
        """Return the selector of the row."""
        return f"#vastaus-{self.plan.pk}"

    def write(self, light: str, text: str, cause: str = "", next_step: str = "") -> None:
        """Choose a light and type the words, those of cause and next step where the light asks for them."""
        self.open()
        self.page.locator(f"{self.place} input[value={light}]").check()
        self.page.fill(f"{self.place}-text", text)
        if cause:
            self.page.fill(f"{self.place}-cause", cause)
            self.page.fill(f"{self.place}-next_step", next_step)

    def open(self) -> None:
        """Open the row, which is one line until then."""
        fold = self.page.locator(f"{self.place}-sanoin-summary")
        if fold.is_visible():
            fold.click()

    def act(self, name: str, said: str) -> None:
        """Press a button of the row, wait until it stands where it belongs then, and hear what was done."""
        group = "unanswered" if name == "withdraw" else "answered"
        self.page.click(f"{self.place} button[value={name}]")
        expect(self.page.locator(f"#{group}-rows > {self.place}[data-group={group}]")).to_be_attached()
        self.drive.hears(self.page, said)

    def send(self, light: str, text: str, cause: str = "", next_step: str = "") -> None:
        """Answer with words."""
        self.write(light, text, cause, next_step)
        self.act("send", "The answer was sent.")

    def unfold(self) -> None:
        """Open the row where it is folded because it is answered."""
        self.page.click(f"{self.place}-summary")
        expect(self.page.locator(f"{self.place}-text")).to_be_visible()

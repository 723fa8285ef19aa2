"""Every page in a real browser, for each role, in three languages, both modes, narrow and wide: whole and accessible.

The pages are those of test_rights.TABLE: a new page is visited without a word here. Each is met once, by one of those
who see it, in that role's language, mode and width; `make test-everywhere` meets each in all roles, languages and both
modes, at widths in turn. What a machine cannot judge stands in docs/accessibility.md.
"""

import os
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.edit.editors import Kept
from tests.web.browser import choose, faults, open_all, sign_in, visiting
from tests.web.keys import keys_of
from tests.web.test_rights import PEOPLE, TABLE
from toimenpiteet.models import Comment, User
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

browsing = [pytest.mark.needs_chromium, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PAGE = {
    "overdue-csv": "a file",
    "plan-file": "a file",
    "report-file": "a file",
    "session": "JSON for the script",
    "robots": "for programs",
    "sitemap": "for programs",
    "sitemap-part": "for programs",
    "worker": "a script",
    "account_logout": "opened by a form that needs no page; without a script it is the same form",
}
ONE_PAGE_FOR_ALL = {"/ei-yhteytta/": "fi"}
"""Kept by the service worker, so in three languages at once."""
# What the table does not tell apart: pages in another state, the mails' pages, and the pages of errors.
MORE: dict[str, tuple[str, ...]] = {
    "manager": ("/yllapito/", "/odottaa/?urgency=late", "/haku/?q=eiole"),
    "director": (
        "/strategiat/{strategy}/suunnitelma/?compare=1",
        "/strategiat/{strategy}/suunnitelma/?as_of=2022-01-01",
        "/strategiat/{strategy}/suunnitelma/?as_of=2019-01-01",
        "/strategiat/{strategy}/muutokset/?from=2021-03-15",
        "/toimenpiteet/{item}/?arrange={plan}",
        "/suunnitelmat/{ending}/jatko/",
        "/strategiat/{empty}/suunnitelma/",
        "/strategiat/{empty}/",
        "/myohassa/?days=100000",
        "/vastuutahot/?view=table",
        "/strategiat/{strategy}/mittarit/?view=table",
        "/muistutukset/",
        "/muistutukset/omat/",
        "/muistutukset/tulevat/",
        "/muistutukset/miksi/?person=1&day=2021-03-15",
        "/muistutukset/mallit/",
    ),
    "admin": (
        "/yllapito/strategia/{strategy}/",
        "/yllapito/suunnitelma/{plan}/",
        "/yllapito/teema/jarjestys/{strategy}/",
        "/yllapito/vastuutaho/{unit}/paata/?preview=1&last_day=2027-12-31",
    ),
    "viewer": ("/ei-ole/",),
    "anonymous": ("/toimenpiteet/0/",),
}


@dataclass(frozen=True)
class Run:
    """One person's walk through all pages: the language and how the browser shows them."""

    person: str
    language: str
    width: int
    options: dict[str, Any]


USUAL = {
    "manager": Run("manager", "fi", 1280, {"color_scheme": "light"}),
    "director": Run("director", "sv", 320, {"color_scheme": "dark"}),
    "admin": Run("admin", "en", 768, {"color_scheme": "light"}),
    "viewer": Run("viewer", "fi", 1280, {"color_scheme": "dark"}),
    "anonymous": Run("anonymous", "sv", 320, {"color_scheme": "light"}),
}


def every_run() -> dict[str, Run]:
    """Return each role in each language and mode; the three widths take turns, in another order for each role."""
    widths = cycle((320, 768, 1280, 768, 1280, 320, 1280))
    runs = product(USUAL, ("fi", "sv", "en"), ("light", "dark"))
    return {
        f"{person}-{language}-{mode}": Run(person, language, next(widths), {"color_scheme": mode})
        for person, language, mode in runs
    }


ALL = os.environ.get("EVERYWHERE") == "all"
RUNS = every_run() if ALL else USUAL


class World(Kept):
    """What strains a page: sixty steps, nine units, names without a space, other scripts, six units deep, nothing."""

    def __init__(self) -> None:
        super().__init__()
        above = self.unit
        deep = [above := make.unit(self.municipality, f"Taso {level}", parent=above) for level in range(2, 7)]
        nine = [*deep, *(make.unit(self.municipality, f"Vastuutaho {number}") for number in range(3)), self.unit]
        crowded = make.action_item(self.goal, self.unit, name_fi="Kokonaisuus" * 18)
        self.crowded = make.plan(crowded, self.period, nine, text_fi="Käydään läpi كل شيء 🏗️ ja מה שנשאר.")
        for order in range(60):
            make.step(self.crowded, text_fi=f"Osatoimenpide {order} " + "ä" * (140 * (order == 7)), order=order)
        ending = make.plan(crowded, self.earlier)
        late = make.action_item(self.goal, self.unit, name_fi="تأخر المشروع 🚧", doubt="Sarake on epäselvä.")
        make.plan(late, self.earlier)
        self.empty = make.strategy(self.municipality, name_fi="Tyhjä strategia", name_sv="Tom strategi")
        audited.add(
            Comment(plan=self.plan, text="u" * 200, at=make.NOW, author_name=make.name("Maija Mallikas")), make.stamp()
        )
        self.keys = {**keys_of(self, self.crowded), "ending": ending.pk}
        self.people: dict[str, User] = {
            "manager": self.manager,
            "director": self.director,
            "viewer": make.official(self.municipality, Role.VIEWER, user=make.user("Ville Katsoja")),
            "admin": self.admin,
        }

    def place(self, address: str) -> str:
        """Fill a row's keys into an address."""
        keys = {name: row.pk for name, row in self.rows.items()} | self.keys
        return address.format(empty=self.empty.pk, **keys)


def pages(person: str) -> list[str]:
    """Return the addresses that are a page for the person; in a usual run each for one of those who see it, in turn."""
    walked = [name for turn, name in enumerate(TABLE) if name not in NO_PAGE and person in _walkers(name, turn)]
    return [*(TABLE[name][0] for name in walked), *MORE[person]]


def _walkers(name: str, turn: int) -> list[str]:
    seen_by = [person for person in USUAL if TABLE[name][1][PEOPLE.index(person)] == 200]
    return seen_by if ALL or not seen_by else [seen_by[turn % len(seen_by)]]


def look(page: Page, address: str, language: str) -> list[str]:
    page.goto(address)
    open_all(page)
    written = page.locator("html").get_attribute("lang")
    wanted = ONE_PAGE_FOR_ALL.get(address, language)
    return [*faults(page), *([] if written == wanted else [f"written in {written}"])]


@pytest.fixture
def world() -> World:
    return World()


def test_every_page_that_somebody_sees_is_visited_or_excused() -> None:
    seen = {address for run in RUNS.values() for address in pages(run.person)}
    left = {
        name
        for name, (address, answers) in TABLE.items()
        if 200 in answers and not address.startswith("POST ") and address not in seen
    }
    assert left == set(NO_PAGE)


@pytest.mark.parametrize("name", RUNS)
class TestEveryPage:
    """One sign-in and every page of a role."""

    pytestmark = browsing

    def test_is_whole_and_accessible(self, browser: Browser, live_server: LiveServer, world: World, name: str) -> None:
        run = RUNS[name]
        found: dict[str, list[str]] = {}
        with visiting(browser, live_server.url, viewport={"width": run.width, "height": 800}, **run.options) as page:
            start(page, world, run)
            for address in pages(run.person):
                found[address] = look(page, world.place(address), run.language)
        assert {address: rows for address, rows in found.items() if rows} == {}


def start(page: Page, world: World, run: Run) -> None:
    """Sign in, or only choose the language."""
    if run.person in world.people:
        sign_in(page, world.people[run.person], run.language)
        return
    page.goto("/strategiat/")
    choose(page, run.language)


MAIN = (
    "/odottaa/",
    "/myohassa/",
    "/strategiat/{strategy}/suunnitelma/",
    "/toimenpiteet/{item}/",
    "/yllapito/strategia/{strategy}/",
    "/oma/",
    "/ulkoasu/",
)
# WCAG 1.4.12: these distances at once, and nothing is cut off or covered.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
STRAINS: dict[str, dict[str, Any]] = {
    "forced colours": {"forced_colors": "active", "viewport": {"width": 1280, "height": 800}},
    "zoom of 400 %": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "text spacing": {"viewport": {"width": 320, "height": 800}, "bypass_csp": True},
}


@pytest.mark.soak
@pytest.mark.parametrize("strain", STRAINS)
class TestTheMainPages:
    """The pages where people work, under what a browser or its user may do to them."""

    pytestmark = browsing

    def test_stay_whole(self, browser: Browser, live_server: LiveServer, world: World, strain: str) -> None:
        found: dict[str, list[str]] = {}
        with visiting(browser, live_server.url, **STRAINS[strain]) as page:
            sign_in(page, world.director)
            for address in MAIN:
                page.goto(world.place(address))
                if strain == "text spacing":
                    page.add_style_tag(content=SPACED)
                open_all(page)
                found[address] = faults(page)
        assert {address: rows for address, rows in found.items() if rows} == {}

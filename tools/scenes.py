"""What the pictures show beside plain pages: a page after somebody did something on it, left as it was found."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

# Does something on a page; the picture is taken inside, and what follows puts things back.
Scene = Callable[[Any], AbstractContextManager[None]]

PHONE = {"width": 320, "height": 900}
ITEM = ".card h3 a"


@contextmanager
def menu(page: Any) -> Iterator[None]:
    """Open the menu of a narrow page."""
    page.set_viewport_size(PHONE)
    page.goto("/strategiat/")
    page.click(".menu-button")
    yield


@contextmanager
def filters(page: Any) -> Iterator[None]:
    """Open the filters of a list on a narrow page."""
    page.set_viewport_size(PHONE)
    page.goto("/myohassa/?days=30")
    page.click(".filters-open")
    yield


@contextmanager
def moved(page: Any) -> Iterator[None]:
    """Move a plan, so that the toast offers to undo it; then undo it."""
    page.goto("/odottaa/")
    move = page.locator(".move:has([id$=-propose_completion-summary])").first
    move.locator("summary").click()
    move.locator("textarea").fill("Kaikki osatoimet on tehty.")
    move.locator("button").click()
    page.locator("#undo").wait_for()
    yield
    page.locator("#undo").click()
    page.locator("#undo").wait_for(state="detached")


@contextmanager
def asked(page: Any) -> Iterator[None]:
    """Open a move that asks for a reason."""
    page.goto("/odottaa/")
    page.locator(".move > summary").first.click()
    yield


@contextmanager
def many(page: Any) -> Iterator[None]:
    """Choose several plans on the list, and ask for what is not open to all of them."""
    page.goto("/myohassa/")
    for place in range(3):
        page.locator("input[form=bulk]").nth(place).check()
    page.select_option("#bulk-name", index=2)
    page.fill("#bulk-comment", "Rahoitus päättyi")
    yield


@contextmanager
def many_refused(page: Any) -> Iterator[None]:
    """Send the move of many that some plans refuse: nothing is moved."""
    with many(page):
        page.select_option("#bulk-name", "approve")
        page.click("#bulk-send")
        page.wait_for_load_state()
        yield


@contextmanager
def editing(page: Any) -> Iterator[None]:
    """Edit an item in its place."""
    page.goto("/odottaa/")
    page.locator(ITEM).first.click()
    page.wait_for_url("**/toimenpiteet/**")
    page.click("#item-head-open")
    page.locator(".edit-form").wait_for()
    yield


@contextmanager
def conflict(page: Any) -> Iterator[None]:
    """Save an item that was saved in another window meanwhile; then put its name back."""
    with editing(page):
        other = page.context.new_page()
        with editing(other):
            name = other.locator(".edit-form [name=name_fi]").input_value()
            _save_name(other, f"{name} ja sen seuranta")
        _save_name(page, f"{name} kaikille")
        page.locator(".sides").first.wait_for()
        yield
        with editing(other):
            _save_name(other, name)
        other.close()


def _save_name(page: Any, name: str) -> None:
    page.locator(".edit-form [name=name_fi]").fill(name)
    page.locator(".edit-form [name=reason]").fill("Nimi selvemmäksi")
    page.locator(".edit-form .actions button").click()
    page.wait_for_timeout(700)


@contextmanager
def form_refused(page: Any) -> Iterator[None]:
    """Send a keeper's form with nothing in it."""
    page.goto("/yllapito/")
    page.locator("main a[href*='/uusi/']").first.click()
    page.wait_for_load_state()
    page.locator(".keep-form .actions button").click()
    page.wait_for_load_state()
    yield


def at(address: str) -> Scene:
    """Return the scene of only going to an address."""

    @contextmanager
    def scene(page: Any) -> Iterator[None]:
        page.goto(address)
        yield

    return scene


# By the name of the person in pictures.PEOPLE.
SCENES: dict[str, dict[str, Scene]] = {
    "director": {
        "menu-open": menu,
        "filters-open": filters,
        "move-asks": asked,
        "many-chosen": many,
        "many-refused": many_refused,
        "item-editing": editing,
        "item-conflict": conflict,
        "keep-refused": form_refused,
        "search-found": at("/haku/?q=kysely"),
        "search-nothing": at("/haku/?q=kvanttitietokone"),
        "not-found": at("/toimenpiteet/0/"),
        "table": at("/hankkeet/?view=table"),
    },
    "manager": {"move-done": moved},
    "swedish-manager": {"menu-open": menu, "search-found": at("/haku/?q=skola")},
    "viewer-english": {"forbidden": at("/yllapito/"), "search-found": at("/haku/?q=digital")},
    "anonymous": {"not-found": at("/ei-ole/"), "search-found": at("/haku/?q=palvelu")},
}

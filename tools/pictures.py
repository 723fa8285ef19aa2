"""``make pictures``: take a picture of every page, as each kind of person, and put them side by side to be looked at.

Makes a demonstration in a folder of its own, starts the web server, walks from page to page, plays the scenes, and
writes var/pictures/index.html. A page is opened once per person; the sizes and modes are changed while it stands open.
PICTURES=/folder puts the pictures elsewhere, ONLY=waiting,overdue takes pages by the names of their addresses, and
DEMONSTRATION=/folder uses a demonstration that was made before.
"""

import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.scenes import SCENES, Scene

ROOT = Path(__file__).resolve().parent.parent
PICTURES = Path(os.environ.get("PICTURES") or ROOT / "var" / "pictures")
ONLY = frozenset(filter(None, os.environ.get("ONLY", "").split(",")))
PATIENCE_SECONDS = 60
TALLEST = 7000
FLAGS = ["--no-sandbox", "--disable-gpu"]
# Files, and what is no page of ours.
_SKIPPED = (
    *("csv", "xlsx", "worker", "jsi18n", "^admin", "^api", "^health$", "^session$", "^language$"),
    "^account_(?!login$|change_password$|reset_password$)",
)
SKIPPED = re.compile("|".join(_SKIPPED))


@dataclass(frozen=True)
class Shot:
    """One way to look at a page."""

    name: str
    width: int
    scheme: str = "light"
    media: str = "screen"


@dataclass(frozen=True)
class Person:
    """Who looks: the beginning of their address (empty: nobody is signed in), in which ways, and what others show."""

    name: str
    email: str
    shots: tuple[Shot, ...]
    leaves: str = "^$"


PHONE, TABLET, DESK = Shot("320", 320), Shot("768", 768), Shot("1280", 1280)
DARK, DARK_PHONE = Shot("1280-dark", 1280, "dark"), Shot("320-dark", 320, "dark")
PAPER = Shot("print", 794, "light", "print")
PEOPLE = (
    Person("director", "strategiajohtaja", (PHONE, TABLET, DESK, DARK_PHONE, DARK, PAPER), leaves="^keep-"),
    Person("manager", "tietohallinto", (PHONE, DESK)),
    Person("swedish-manager", "bildning.kokkola", (PHONE, DESK)),
    Person("contributor", "tekija", (DESK,)),
    Person("viewer-english", "visitor", (DESK,)),
    Person("administrator", "yllapitaja", (PHONE, DESK)),
    Person("anonymous", "", (PHONE, DESK)),
)


class Failed(Exception):
    """Raised with one sentence for the person at the terminal."""


def _run(*arguments: str) -> None:
    ended = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    if ended.returncode:
        raise Failed(f"{' '.join(arguments)} did not succeed:\n{ended.stderr[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demonstration() -> Iterator[Path]:
    """Return the folder of a demonstration, made when there is none."""
    if given := os.environ.get("DEMONSTRATION"):
        yield Path(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="toimenpiteet-pictures-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Prepare the demonstration in `folder` and serve it; return its address."""
    port = _free_port()
    os.environ.update(MODE="embedded", VAR_DIR=str(folder), PORT=str(port))
    _run("manage.py", "prepare")
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:toimenpiteet.config.gunicorn",
             "toimenpiteet.config.wsgi"],
            cwd=ROOT, stdout=log, stderr=log, process_group=0,
        )  # fmt: skip
        try:
            _wait_for(f"http://localhost:{port}/health/")
            yield f"http://localhost:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.2)
    raise Failed("The web server did not start; web.log in its folder tells why.")


class Addresses:
    """The names of our pages: which there are, and which one an address leads to."""

    def __init__(self) -> None:
        os.environ["DJANGO_SETTINGS_MODULE"] = "toimenpiteet.config.settings"
        import django

        django.setup()

    def plain(self) -> dict[str, str]:
        """Return the pages whose address has no number, by name."""
        from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

        def names(patterns: list[Any]) -> Iterator[str]:
            for pattern in patterns:
                if isinstance(pattern, URLResolver) and not pattern.namespace:
                    yield from names(pattern.url_patterns)
                elif isinstance(pattern, URLPattern) and pattern.name:
                    yield pattern.name

        found: dict[str, str] = {}
        for name in names(get_resolver().url_patterns):
            try:
                found[name] = reverse(name)
            except NoReverseMatch:
                continue
        return {name: address for name, address in found.items() if not SKIPPED.search(name)}

    def name_of(self, address: str) -> str:
        """Return the name of the page at a path; empty when it is none of ours."""
        from django.urls import Resolver404, resolve

        try:
            match = resolve(address.partition("?")[0].partition("#")[0])
        except Resolver404:
            return ""
        # The keepers' pages have one name for many nouns, which do not look alike.
        noun = getattr(match.kwargs.get("noun"), "name", "")
        name = "-".join(filter(None, (match.url_name, noun)))
        return "" if match.namespace or SKIPPED.search(name) else name


class Walk:
    """One person's way through the pages: every plain address, and the first of each kind that a page links to."""

    def __init__(self, page: Any, person: Person, addresses: Addresses) -> None:
        self.page, self.person, self.addresses = page, person, addresses
        self.found: dict[str, str] = addresses.plain()
        self.taken: dict[str, tuple[str, list[str]]] = {}
        self.unopened: list[str] = []

    def go(self) -> None:
        """Take the pictures; pages found on the way come last."""
        while waiting := [name for name in self.found if name not in self.taken]:
            for name in waiting:
                self.taken[name] = (self.found[name], self.take(name, self.found[name]))
        for name, scene in SCENES.get(self.person.name, {}).items():
            if not ONLY or name in ONLY:
                self.play(name, scene)

    def play(self, name: str, scene: Scene) -> None:
        """Take pictures inside a scene."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(color_scheme="light", media="screen")
        with scene(self.page):
            self.taken[name] = (_path(self.page.url), [self.shoot(name, shot) for shot in self.person.shots])

    def take(self, name: str, address: str) -> list[str]:
        """Open one page, note where it leads, and take its pictures; a page that is refused gets none."""
        if not self.open(name, address):
            return []
        for link in self.page.eval_on_selector_all("a[href^='/']", "links => links.map(a => a.getAttribute('href'))"):
            self.found.setdefault(self.addresses.name_of(link) or name, link)
        left = name not in ONLY if ONLY else re.search(self.person.leaves, name)
        return [] if left else [self.shoot(name, shot) for shot in self.person.shots]

    def open(self, name: str, address: str) -> bool:
        """Tell whether the page opened; one that only takes what is sent to it, or leads elsewhere, did not."""
        # Asked before the browser goes there: an answer without a page would spoil its next step as well.
        answer = self.page.request.get(address, max_redirects=0)
        if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            if answer.status not in {302, 405}:
                self.unopened.append(f"{name} ({answer.status})")
            return False
        self.page.goto(address)
        return self.addresses.name_of(_path(self.page.url)) == name

    def shoot(self, name: str, shot: Shot) -> str:
        """Take one picture and return its file's name."""
        self.page.set_viewport_size({"width": shot.width, "height": 900})
        self.page.emulate_media(color_scheme=shot.scheme, media=shot.media)
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        file = f"{self.person.name}--{name}--{shot.name}.jpg"
        clip = {"x": 0, "y": 0, "width": shot.width, "height": max(height, 300)}
        self.page.screenshot(path=PICTURES / file, full_page=True, clip=clip, type="jpeg", quality=60)
        return file


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]


def sign_in(page: Any, email: str) -> None:
    """Sign in as one of the demonstration's people."""
    from toimenpiteet.exchange.demonstration.cast import PASSWORD

    page.goto("/tunnus/kirjaudu/")
    page.fill("input[name=login]", f"{email}@esittely.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()


def take_all(address: str) -> dict[str, dict[str, tuple[str, list[str]]]]:
    """Take every picture; by person, then by page."""
    from playwright.sync_api import sync_playwright

    addresses = Addresses()
    taken = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        for person in PEOPLE:
            context = browser.new_context(
                base_url=address, locale="fi-FI", reduced_motion="reduce", service_workers="block"
            )
            page = context.new_page()
            if person.email:
                sign_in(page, person.email)
            walk = Walk(page, person, addresses)
            walk.go()
            taken[person.name] = walk.taken
            count = sum(len(files) for _address, files in walk.taken.values())
            print(f"{person.name}: {count} pictures; not opened: {', '.join(walk.unopened) or 'none'}", flush=True)
            context.close()
        browser.close()
    return taken


def _chromium() -> str:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, filter(None, names)) if path), None)
    if found is None:
        raise Failed("No Chromium was found: install the package chromium, or set CHROMIUM.")
    return found


_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pictures</title><style>
body { font: 1rem system-ui; margin: 2rem; background: #eef1f3; color: #17242b }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: start; padding-bottom: 1rem }
figure { margin: 0; flex: none } figcaption { font-size: .85rem } img { height: 34rem; width: auto; object-fit: cover;
object-position: top; max-width: 60vw; border: 1px solid #b5c0c6; background: #fff } h3 { margin: 1.5rem 0 .5rem }
</style>"""


def index(taken: dict[str, dict[str, tuple[str, list[str]]]]) -> str:
    """Return the page that shows the pictures."""
    lines = [_HEAD]
    for person, pages in taken.items():
        lines.append(f"<h2>{html.escape(person)}</h2>")
        for name, (address, files) in pages.items():
            if files:
                lines.append(f"<h3>{html.escape(name)} <small>{html.escape(address)}</small></h3><div>")
                lines += [_figure(file) for file in files]
                lines.append("</div>")
    return "\n".join(lines)


def _figure(file: str) -> str:
    label = file.removesuffix(".jpg").rpartition("--")[2]
    return (
        f'<figure><a href="{file}"><img loading="lazy" src="{file}" alt="{label}"></a>'
        f"<figcaption>{label}</figcaption></figure>"
    )


def main() -> int:
    """Take the pictures; 1 when something went wrong."""
    began = time.monotonic()
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    try:
        with demonstration() as folder, served(folder) as address:
            taken = take_all(address)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    (PICTURES / "index.html").write_text(index(taken), encoding="utf-8")
    print(f"{PICTURES / 'index.html'}, made in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What stands around every page: the menu, the city's colour, errors, the session's end, and what was typed."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib import messages
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.pages import squeezed
from tests.plan.test_moves import HTMX, signed_in
from toimenpiteet.models import Comment, Municipality
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.web import frame, toasts
from toimenpiteet.web import request as door
from toimenpiteet.web.toasts import Undo
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TEXT = "Kilpailutus siirtyi, koska hankintalaki muuttui."


@pytest.fixture
def world() -> make.World:
    return make.World()


def html(response: Any) -> str:
    return squeezed(response.content.decode())


def entries(page: str) -> list[str]:
    menu = page.partition('<ul class="menu">')[2].partition("</ul>")[0]
    return re.findall(r">([^<]+)</a>", menu)


# --- the menu and the colour -----------------------------------------------------------------------------------------
def test_the_menu_has_what_each_person_may_open(world: make.World) -> None:
    assert entries(html(Client().get("/apua/"))) == ["Strategiat"]
    manager = entries(html(signed_in(world.manager).get("/apua/")))
    assert manager[:3] == ["Odottaa sinua", "Strategiat", "Myöhässä"]
    assert "Muistutukset" not in manager
    director = entries(html(signed_in(world.director).get("/apua/")))
    assert set(manager) < set(director)
    assert "Muistutukset" in director


def test_the_page_one_stands_on_is_marked_in_the_menu(world: make.World) -> None:
    page = html(signed_in(world.manager).get("/myohassa/"))
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', page.partition("</nav>")[0]) == ["/myohassa/"]


def test_the_citys_colour_marks_the_page_without_loosening_the_policy() -> None:
    city = make.municipality(colour="#aa3300")
    response = signed_in(make.official(city, Role.VIEWER)).get("/apua/")

    nonce = re.search(r'<style nonce="([^"]+)">:root \{ --city: #aa3300; \}</style>', html(response))
    assert nonce is not None
    assert f"'nonce-{nonce.group(1)}'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_what_is_no_colour_never_reaches_the_style_sheet() -> None:
    city = make.municipality()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Municipality._meta.db_table} SET colour = '}}x{{a:b' WHERE id = %s", [city.pk])
    assert "<style" not in html(signed_in(make.official(city)).get("/apua/"))


def test_the_frame_costs_a_page_three_statements(world: make.World) -> None:
    client = signed_in(world.manager)
    with CaptureQueriesContext(connection) as captured:
        client.get("/apua/")
    # The session, the person, their roles, their municipality.
    assert len(captured) <= 4


# --- errors ----------------------------------------------------------------------------------------------------------
def test_a_page_that_does_not_exist_says_so_with_the_menu(world: make.World) -> None:
    response = signed_in(world.manager).get("/toimenpiteet/999999/")
    assert response.status_code == 404
    assert "Sivua ei löytynyt" in html(response)
    assert "Odottaa sinua" in entries(html(response))


@pytest.mark.parametrize(("language", "word"), [("sv", "Hjälp"), ("en", "Help")])
def test_an_error_speaks_the_language_of_the_person(language: str, word: str) -> None:
    response = Client(headers={"Accept-Language": language}).get("/ei-ole/")
    assert response.status_code == 404
    assert word in html(response)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Forbidden("Vain strategiajohtaja."), 403, "Vain strategiajohtaja."),
        (Invalid("Nimi puuttuu."), 422, "Nimi puuttuu."),
        (None, 409, "Joku muu ehti ensin"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_a_service_refuses_is_a_page_and_never_a_crash(
    world: make.World,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception | None,
    status: int,
    words: str,
    headers: dict[str, str],
) -> None:
    _raise(monkeypatch, error or Stale(world.plan))
    response = signed_in(world.manager).get("/apua/", headers=headers)
    assert response.status_code == status
    assert words in html(response)
    assert ("<html" in html(response)) is not bool(headers)


def test_a_refusal_inside_a_page_replaces_nothing_of_it(world: make.World) -> None:
    response = signed_in(world.manager).post("/toimenpiteet/999999/", {"text": TEXT}, headers=HTMX)
    assert response.status_code == 405
    response = signed_in(world.manager).get("/toimenpiteet/999999/", headers=HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (404, "#live")
    assert "<html" not in html(response)


def test_when_something_breaks_the_page_asks_nothing_of_the_database(
    world: make.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world.manager)
    client.raise_request_exception = False
    before = _statements(client)
    _raise(monkeypatch, DatabaseError("the disk is full"))
    assert _statements(client) < before
    response = client.get("/apua/")
    assert response.status_code == 500
    assert "Jokin meni vikaan" in html(response)
    assert "the disk is full" not in html(response)


def _statements(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get("/apua/")
    return len(captured)


def _raise(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: Any) -> Any:
        raise error

    monkeypatch.setattr(frame, "render", refuse)


def test_the_page_without_a_connection_knows_nobody_and_the_worker_keeps_only_it(world: make.World) -> None:
    client = signed_in(world.manager)
    page = html(client.get("/ei-yhteytta/"))
    assert world.manager.name not in page
    assert all(f'lang="{language}"' in page for language in settings.MODELTRANSLATION_LANGUAGES)
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert re.findall(r'addAll\(\[PAGE, "([^"]+)"\]\)', html(worker)) == ["/static/toimenpiteet/site.css"]


# --- the session's end ---------------------------------------------------------------------------------------------
def test_the_page_knows_how_long_the_session_lasts_and_going_on_makes_it_whole(world: make.World) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        client = signed_in(world.manager)
        whole = settings.SESSION_COOKIE_AGE
        clock.shift(timedelta(hours=9, minutes=56))
        assert f'data-session-left="{4 * 60}"' in html(client.get("/apua/"))
        assert client.get("/istunto/").json() == {"left": 240}
        assert client.post("/istunto/").json() == {"left": whole}
        clock.shift(timedelta(hours=9))
        assert client.get("/istunto/").json() == {"left": 3600}
        clock.shift(timedelta(hours=2))
        assert client.get("/istunto/").json() == {"left": 0}
        assert client.post("/istunto/").status_code == 401


def test_visiting_pages_does_not_move_the_end_of_the_session(world: make.World) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        client = signed_in(world.manager)
        clock.shift(timedelta(hours=9))
        client.post("/kieli/", {"language": "sv"})
        client.get("/odottaa/")
        clock.shift(timedelta(hours=1, seconds=1))
        assert client.get("/odottaa/").status_code == 302


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_text_sent_after_the_session_ended_comes_back_to_be_copied(
    world: make.World, headers: dict[str, str]
) -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        client = signed_in(world.manager)
        clock.shift(timedelta(hours=11))
        address = f"/suunnitelmat/{world.plan.pk}/kommentti/"
        response = client.post(address, {"comment": TEXT, "next": "/odottaa/"}, headers=headers)

    assert response.status_code == 401
    assert TEXT in html(response)
    assert not Comment.objects.exists()
    if headers:
        assert response["HX-Retarget"] == "#live"
        assert "<html" not in html(response)
    else:
        assert 'href="/tunnus/kirjaudu/?next=/odottaa/"' in html(response)


def test_what_comes_back_is_text_and_never_a_password() -> None:
    request = RequestFactory().post("/", {"comment": "<script>x</script>\x00ä", "password": "salainen", "version": "3"})
    assert door.typed_texts(request) == ["<script>x</script>ä"]


def test_a_page_that_stood_open_over_a_sign_in_says_so_and_keeps_the_text(world: make.World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.manager)
    response = client.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": TEXT, "next": "//muualla.example/"})
    assert response.status_code == 403
    assert TEXT in html(response)
    assert "muualla" not in html(response)
    assert not Comment.objects.exists()


def test_signing_in_with_an_old_page_does_not_speak_of_a_session() -> None:
    response = Client(enforce_csrf_checks=True).post("/tunnus/kirjaudu/", {"login": "a@b.example", "password": "x" * 9})
    assert response.status_code == 403
    assert "Avaa sivu uudelleen" in html(response)
    assert "xxxx" not in html(response)


# --- toasts and help -----------------------------------------------------------------------------------------------
def _with_messages() -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]  # the messages need no more
    MessageMiddleware(lambda _request: HttpResponse()).process_request(request)
    return request


def test_what_was_done_is_told_once_with_the_way_to_undo_it() -> None:
    request = _with_messages()
    undo = Undo("/suunnitelmat/1/siirto/", "Kumoa", (("name", "pause"), ("version", "2")), "#plan-1")
    door.say_done(request, "Tehty.", undo)
    messages.error(request, "Ei onnistunut.")

    first, second = toasts.shown(request)

    assert (first.text, first.kind, first.undo) == ("Tehty.", "", undo)
    assert (second.text, second.kind, second.undo) == ("Ei onnistunut.", "error", None)
    assert not list(get_messages(_with_messages()))


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_help_is_for_everybody_and_names_every_status(language: str) -> None:
    page = html(Client(headers={"Accept-Language": language}).get("/apua/"))
    assert f'<html lang="{language}">' in page
    assert len(set(re.findall(r'class="status status-(\w+)"', page))) == 7
    assert len(set(re.findall(r'class="light light-(\w+)"', page))) == 4

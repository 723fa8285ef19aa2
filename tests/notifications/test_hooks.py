"""The week's numbers, sent to an address of the municipality's own."""

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine

from notifications import hooks
from notifications.models import HookCall, WebHook
from tests import make
from toimenpiteet.models import Actor, Door
from toimenpiteet.services.errors import Invalid
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at
from .test_holding import client_of

pytestmark = pytest.mark.django_db


@dataclass
class Receiver:
    """A web server of a city's, on loopback, that answers with `status`."""

    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            receiver.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(receiver.status)
            if receiver.status == 302:
                self.send_header("Location", "http://127.0.0.1/")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = listening.server_port
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    # Here the city's server is on this machine, which is refused otherwise.
    monkeypatch.setattr(hooks, "is_outer", lambda _address: True)
    monkeypatch.setattr(hooks, "SCHEMES", frozenset({"http", "https"}))
    yield receiver
    listening.shutdown()


def keep(world: RoundWorld, url: str) -> str:
    return hooks.keep(world.municipality, url, Actor.person(world.director, Door.PAGE), at(SECOND, 8))


def test_a_week_is_sent_once_and_signed(server: Receiver) -> None:
    world = RoundWorld()
    secret = keep(world, f"http://127.0.0.1:{server.port}/viikko?a=1")
    for hour in (9, 10):
        build.tick(at(SECOND, hour))
    ((headers, body),) = server.got
    told = json.loads(body)
    assert (told["municipality"], told["week"], told["silent"]) == (world.municipality.key, "2026-W51", 0)
    signed = hmac.new(secret.encode(), f"{headers['X-Toimenpiteet-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["X-Toimenpiteet-Signature"] == f"sha256={signed.hexdigest()}"
    build.tick(at(SECOND + timedelta(days=7)))
    assert [json.loads(body)["week"] for _headers, body in server.got] == ["2026-W51", "2026-W52"]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_refused_is_tried_again_as_mails_are_and_is_the_same(server: Receiver, status: int) -> None:
    world = RoundWorld()
    keep(world, f"http://127.0.0.1:{server.port}/")
    server.status = status
    build.tick(at(SECOND))
    call = HookCall.objects.get()
    assert (call.state, call.next_attempt_at) == ("planned", at(SECOND, 9, 1))
    server.status = 204
    build.tick(at(SECOND, 9, 1))
    assert HookCall.objects.get().state == "sent"
    (first, one), (again, two) = server.got
    assert (one, first["X-Toimenpiteet-Delivery"]) == (two, again["X-Toimenpiteet-Delivery"])


def test_a_week_that_is_over_is_given_up(server: Receiver) -> None:
    world = RoundWorld()
    keep(world, f"http://127.0.0.1:{server.port}/")
    server.status = 500
    build.tick(at(SECOND))
    build.tick(at(SECOND + timedelta(days=7)))
    assert sorted(HookCall.objects.values_list("week", "state")) == [("2026-W51", "cancelled"), ("2026-W52", "planned")]


INNER = (
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "0.0.0.0",  # noqa: S104  # an address to refuse
    "224.0.0.1",
    # An IPv6 address with another inside: compatible, NAT64, 6to4; of a site, a link, a group.
    *("::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::"),
    *("fec0::1", "fe80::1%eth0", "ff02::1"),
)


@pytest.mark.parametrize("address", INNER)
def test_nothing_inner_is_reached_whatever_its_name(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    world = RoundWorld()
    keep(world, "https://koukku.mallila.example/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    infos = [
        (family, socket.SOCK_STREAM, 6, "", (address, 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.43.8", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_some, **_named: infos)
    monkeypatch.setattr(socket, "create_connection", lambda *_some, **_named: pytest.fail("connected"))
    build.tick(at(SECOND))
    assert "leads to an inner address" in HookCall.objects.get().error


def test_one_citys_broken_address_keeps_nobody_waiting(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, well = RoundWorld(), RoundWorld()
    keep(broken, f"http://127.0.0.1:{server.port}/rikki")
    keep(well, f"http://127.0.0.1:{server.port}/ehjä")
    real = hooks._post

    def post(call: HookCall, now: datetime) -> None:
        if call.hook.municipality_id == broken.municipality.pk:
            raise UnicodeEncodeError("ascii", "ä", 0, 1, "no")
        real(call, now)

    monkeypatch.setattr(hooks, "_post", post)
    build.tick(at(SECOND))
    assert len(server.got) == 1
    call = HookCall.objects.get(hook__municipality=broken.municipality)
    assert (call.state, call.next_attempt_at) == ("planned", at(SECOND, 9, 1))
    assert "UnicodeEncodeError" in call.error


def test_a_server_that_answers_a_byte_at_a_time_is_hung_up_on(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        monkeypatch.setattr(hooks, "_SECONDS", 1)

        def drip() -> None:
            taken, _address = dripping.accept()
            with suppress(OSError):
                for byte in b"HTTP/1.1 200 OK" * 100:
                    taken.send(bytes([byte]))
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        world = RoundWorld()
        keep(world, f"http://127.0.0.1:{dripping.getsockname()[1]}/")
        build.tick(at(SECOND))
    assert HookCall.objects.get().state == "planned"


@pytest.mark.parametrize("address", INNER)
def test_no_inner_address_is_an_outer_one(address: str) -> None:
    assert not hooks.is_outer(address)
    with pytest.raises(Invalid):
        keep(RoundWorld(), f"https://[{address}]/" if ":" in address else f"https://{address}/")


def test_the_same_address_again_keeps_its_secret() -> None:
    world = RoundWorld()
    keep(world, "https://koukku.mallila.example/")
    with pytest.raises(Invalid):
        keep(world, "https://koukku.mallila.example/")
    assert WebHook.objects.count() == 1


def test_another_address_ends_the_one_before_and_what_waited_for_it(server: Receiver) -> None:
    world = RoundWorld()
    keep(world, f"http://127.0.0.1:{server.port}/ensin")
    server.status = 500
    build.tick(at(SECOND))
    server.status = 200
    keep(world, f"http://127.0.0.1:{server.port}/sitten")
    build.tick(at(SECOND, 10))
    assert sorted(HookCall.objects.values_list("hook__url", "state")) == [
        (f"http://127.0.0.1:{server.port}/ensin", "cancelled"),
        (f"http://127.0.0.1:{server.port}/sitten", "sent"),
    ]
    assert WebHook.objects.filter(ended_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    "url", ["http://kunta.example/", "ftp://x/", "https://", "https://a:b@kunta.example/", "https://x:99999/", "x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        keep(RoundWorld(), url)


def test_the_administrator_keeps_it_and_the_secret_is_shown_once() -> None:
    world = RoundWorld()
    with time_machine.travel(at(SECOND), tick=False):
        admin = client_of(make.official(world.municipality, Role.ADMIN))
        page = admin.post("/muistutukset/verkkokoukku/", {"url": "https://koukku.mallila.example/", "act": "keep"})
        secret = WebHook.objects.get().secret
        assert secret in page.content.decode()
        assert secret not in admin.get("/muistutukset/verkkokoukku/").content.decode()
        assert admin.post("/muistutukset/verkkokoukku/", {"url": "http://x/", "act": "keep"}).status_code == 422
        for person in (world.director, world.manager, make.World().director):
            assert client_of(person).get("/muistutukset/verkkokoukku/").status_code == 403
        assert admin.post("/muistutukset/verkkokoukku/", {"act": "end"}).status_code == 302
        shown = admin.get("/muistutukset/verkkokoukku/").content.decode()
    ended = WebHook.objects.get()
    assert (ended.ended_at, str(ended.ended_by_name)) == (at(SECOND), "Teppo Testaaja")
    assert "https://koukku.mallila.example/" in shown
    assert "ended 15 Dec" in shown

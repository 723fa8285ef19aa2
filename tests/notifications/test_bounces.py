"""Bounces that come by mail after the mail server has taken a mail."""

import io
import sys
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from notifications import bounces
from notifications.models import Reminder
from tests import make
from toimenpiteet.models import Told
from toimenpiteet.workflow import Role

from . import build
from .build import SECOND, RoundWorld, at
from .test_holding import client_of
from .trouble import TroubledServer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
REPORT = """\
From: MAILER-DAEMON@posti.example
To: {to}
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="raja"

--raja
Content-Type: text/plain

The mail could not be delivered.

--raja
Content-Type: message/delivery-status

Reporting-MTA: dns; posti.example

Final-Recipient: rfc822; kuka@mallila.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <kuka@mallila.example> unknown

--raja--
"""


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.MAIL_BOUNCES = "palautukset@kunta.example"


def take(monkeypatch: pytest.MonkeyPatch, to: str, action: str = "failed", status: str = "5.1.1", *more: str) -> str:
    raw = REPORT.format(to=to, action=action, status=status).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = StringIO()
    with time_machine.travel(at(SECOND, 11), tick=False):
        call_command("take_bounce", *more, stdout=out)
    return out.getvalue()


def test_a_mails_return_address_names_it_and_its_sender_stays(smtp: TroubledServer) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    (arrived,) = smtp.deliveries
    assert arrived.sender == bounces.return_address(build.only())
    assert arrived.sender.startswith(f"palautukset+{build.only().pk}-")
    assert "toimenpiteet@" in arrived.message["From"] or "webmaster@" in arrived.message["From"]


def test_what_came_back_is_told_to_the_next_in_line_and_shown(
    smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    row = build.only()
    assert "came back" in take(monkeypatch, f"<{bounces.return_address(row)}>")
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "bounced")
    assert "kuka@" not in row.error or world.manager.email not in row.error
    assert list(Told.objects.order_by("pk").values_list("outcome", flat=True)) == ["sent", "failed"]
    build.tick(at(SECOND, 12))
    assert world.unit.email in {one.recipients[0] for one in smtp.deliveries}
    admin = make.official(world.municipality, Role.ADMIN)
    with time_machine.travel(at(SECOND, 12), tick=False):
        page = client_of(admin).get(f"/yllapito/henkilot/{world.manager.pk}/").content.decode()
    assert "Mails to this address come back." in page
    # The same report twice.
    assert "known to have come back" in take(monkeypatch, bounces.return_address(row))


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "4.2.2")])
def test_what_did_not_fail_for_good_changes_nothing(
    smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch, action: str, status: str
) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    assert "nothing failed for good" in take(monkeypatch, bounces.return_address(build.only()), action, status)
    assert build.only().state == "sent"


@pytest.mark.parametrize(
    "to", ["palautukset@kunta.example", "palautukset+1-0123456789abcdef@kunta.example", "", "x" * 9999]
)
def test_nobody_makes_up_a_bounce(smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    assert "no report on a mail of ours" in take(monkeypatch, to)
    assert build.only().state == "sent"


def test_the_address_may_come_with_the_envelope(smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    to = bounces.return_address(build.only())
    assert "came back" in take(monkeypatch, "postmaster@kunta.example", "failed", "5.1.1", "--to", to)


def test_without_a_mailbox_the_senders_address_gets_them(smtp: TroubledServer, settings: Any) -> None:
    settings.MAIL_BOUNCES = ""
    RoundWorld()
    build.tick(at(SECOND))
    assert "+" not in smtp.deliveries[0].sender
    assert Reminder.objects.get().state == "sent"

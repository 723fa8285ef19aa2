"""Portions of the outbox: claimed together, held by a lease, looked at together, given back."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import believed, delivery, health, outbox, ticking
from notifications.mailer import Mailer
from notifications.models import Reminder
from tests import make
from tests.smtp import free_port

from . import build
from .build import SECOND, RoundWorld, at, crowd, states
from .trouble import TroubledServer

pytestmark = pytest.mark.django_db
A_MAIL = 6
"""How many statements one mail more takes at most."""


def statements_of_a_run(mails: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert delivery.deliver(at(SECOND)).counts == {"sent": mails}
    return len([one for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_a_mail_more_costs_few_statements(smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # However slow the machine is: a portion is read once.
    monkeypatch.setattr(believed, "SECONDS", 600.0)
    crowd(RoundWorld(), 2)
    build.plan(at(SECOND))
    few = statements_of_a_run(2)
    more = 2 * delivery.PORTION
    crowd(RoundWorld(), more)
    build.plan(at(SECOND))
    assert (statements_of_a_run(more) - few) / more <= A_MAIL


def test_who_answers_while_a_portion_is_sent_is_not_reminded(
    smtp: TroubledServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = RoundWorld()
    other = make.unit(world.municipality)
    plan = make.plan(make.action_item(world.goal, other), world.period)
    make.member(other)
    build.plan(at(SECOND))
    assert states() == ["planned"] * 2
    monkeypatch.setattr(believed, "SECONDS", 0.0)
    monkeypatch.setattr(believed, "TIMES", 0.0)
    real = Mailer.send

    def send_and_all_answer(mailer: Mailer, message: Any) -> Any:
        for one in (world.plan, plan):
            build.answer(one, world.round)
        return real(mailer, message)

    monkeypatch.setattr(Mailer, "send", send_and_all_answer)
    delivery.deliver(at(SECOND))
    assert sorted(states()) == ["cancelled", "sent"]
    assert len(smtp.deliveries) == 1


def test_what_the_run_does_not_come_to_is_free_at_once(smtp: TroubledServer) -> None:
    crowd(RoundWorld(), 5)
    build.plan(at(SECOND))
    smtp.sender_reply = "550 5.7.60 not allowed to send as"
    delivery.deliver(at(SECOND))
    rows = list(Reminder.objects.order_by("next_attempt_at", "pk").values_list("state", "attempts", "token"))
    assert sorted(rows) == [("planned", 0, None)] * 4 + [("planned", 1, None)]
    smtp.sender_reply = "250 ok"
    assert delivery.deliver(at(SECOND)).counts == {"sent": 4}


def test_a_mail_server_that_never_ends_its_word_is_hung_up_on(smtp: TroubledServer) -> None:
    """A time-out of each read is none for who sends a byte at a time."""
    RoundWorld()
    build.plan(at(SECOND))
    smtp.drips = True
    began = time.monotonic()
    with pytest.raises(ticking.TooLong), ticking.limited(1):
        delivery.deliver(at(SECOND))
    assert time.monotonic() - began < smtp.dripped_for
    smtp.drips = False
    outbox.recover(at(SECOND, 9, 10))
    assert delivery.deliver(at(SECOND, 9, 10)).counts == {"sent": 1}


def test_a_refusal_of_us_is_known_until_a_run_meets_none(smtp: TroubledServer) -> None:
    crowd(RoundWorld(), 3)
    build.plan(at(SECOND))
    last = Reminder.objects.order_by("next_attempt_at", "pk").last()
    assert last is not None
    smtp.replies[last.sent_to] = "550 5.7.1 not allowed"
    assert delivery.deliver(at(SECOND)).counts["sent"] == 2
    assert any("refuses us" in one for one in health.problems(at(SECOND)))
    smtp.replies.clear()
    delivery.deliver(at(SECOND, 10))
    assert not any("refuses us" in one for one in health.problems(at(SECOND, 10)))


def test_health_says_when_no_mail_leaves_for_an_hour(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    RoundWorld()
    for hour in (9, 10, 11):
        build.tick(at(SECOND, hour))
    assert any("No mail has left since" in one for one in health.problems(at(SECOND, 11)))


def test_who_is_told_the_same_reads_the_own_name(smtp: TroubledServer) -> None:
    world = RoundWorld()
    make.member(world.unit, user=make.user(name="Aino & Co <Äijälä>"))
    make.member(world.unit, user=make.user(name=""))
    build.tick(at(SECOND))
    html = {one.recipients[0]: one.message.get_body(("html",)).get_content() for one in smtp.deliveries}  # type: ignore[union-attr]  # the mail has both parts
    assert len(html) == 3
    assert f"Hei {world.manager.name}," in html[world.manager.email]
    assert len([text for text in html.values() if "Hei Aino &amp; Co &lt;Äijälä&gt;," in text]) == 1
    assert len([text for text in html.values() if "Hei," in text]) == 1


def test_a_row_is_claimed_once_and_freed_when_its_holder_has_died() -> None:
    RoundWorld()
    build.plan(at(SECOND))
    (held,) = outbox.claim(at(SECOND))
    assert outbox.claim(at(SECOND)) == []
    assert outbox.recover(at(SECOND, 9, 9)) == 0
    assert outbox.recover(at(SECOND, 9, 10)) == 1
    assert (build.only().state, build.only().maybe_sent) == ("planned", False)
    (again,) = outbox.claim(at(SECOND, 9, 10))
    assert again.token != held.token


def test_who_lost_the_lease_writes_nothing() -> None:
    world = RoundWorld()
    build.plan(at(SECOND))
    (late,) = outbox.claim(at(SECOND))
    outbox.recover(at(SECOND, 9, 10))
    (current,) = outbox.claim(at(SECOND, 9, 10))
    ready = delivery.look_again(late, delivery.Desk(at(SECOND)))
    assert isinstance(ready, delivery.Ready)
    assert not outbox.begin(late, ready.made.mail, ready.receiver, at(SECOND, 9, 10))
    assert not outbox.sent(late, [], [], at(SECOND, 9, 10))
    assert not outbox.retry(late, at(SECOND, 9, 10), "network", "x")
    assert not outbox.cancel(late, Reminder.Reason.ANSWERED, at(SECOND, 9, 10))
    assert not outbox.fail(late, "bounced", "x", at(SECOND, 9, 10))
    assert (build.only().state, build.only().token) == ("claimed", current.token)
    assert world.manager


def test_a_row_that_died_while_sending_is_sent_again_as_the_same_mail(smtp: TroubledServer) -> None:
    RoundWorld()
    build.plan(at(SECOND))
    (held,) = outbox.claim(at(SECOND))
    ready = delivery.look_again(held, delivery.Desk(at(SECOND)))
    assert isinstance(ready, delivery.Ready)
    outbox.begin(held, ready.made.mail, ready.receiver, at(SECOND))
    build.tick(at(SECOND, 9, 11))
    row = build.only()
    assert (row.state, row.maybe_sent, row.message_id) == ("sent", True, held.message_id)
    assert smtp.deliveries[0].message["Date"].datetime == at(SECOND)


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next(smtp: TroubledServer) -> None:
    crowd(RoundWorld())
    build.plan(at(SECOND))
    assert delivery.deliver(at(SECOND), seconds=0).counts == {}
    assert states() == ["planned"] * 3
    delivery.deliver(at(SECOND))
    assert states() == ["sent"] * 3

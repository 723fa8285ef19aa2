"""From the outbox to a real mail server."""

from datetime import date, timedelta
from typing import Any

import pytest

from notifications import delivery, links, outbox
from notifications.models import Obligation, Reminder
from notifications.names import filled
from tests import make
from toimenpiteet.calendar import HELSINKI
from toimenpiteet.models import Membership
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

from . import build
from .build import DUE, LAST, SECOND, THIRD, RoundWorld, at, crowd, states
from .trouble import TroubledServer

pytestmark = pytest.mark.django_db


def test_a_mail_arrives_as_it_is_recorded(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    (arrived,) = smtp.deliveries
    row = build.only()
    assert arrived.recipients == (world.manager.email,)
    # Django folds a long subject right after its name.
    assert (arrived.message["Message-ID"], arrived.message["Subject"].strip()) == (row.message_id, row.subject)
    assert arrived.message["Date"].datetime == row.dated_at == at(SECOND)
    plain, html = (links.filled(text, row.pk) for text in (*filled(row.text), *filled(row.html, html=True)))
    assert arrived.message.get_body(("plain",)).get_content().replace("\r\n", "\n") == plain  # type: ignore[union-attr]  # the mail has both parts
    assert arrived.message.get_body(("html",)).get_content().replace("\r\n", "\n") == html  # type: ignore[union-attr]  # the mail has both parts
    assert (row.state, row.sent_at, row.attempts, row.problem) == ("sent", at(SECOND), 1, "")


def test_nothing_leaves_outside_mail_hours(smtp: TroubledServer) -> None:
    RoundWorld()
    for now in (at(SECOND - timedelta(days=1), 20), at(SECOND, 7, 59)):
        build.tick(now)
    assert states() == ["planned"]
    build.tick(at(SECOND, 8))
    assert states() == ["sent"]
    assert len(smtp.deliveries) == 1


@pytest.mark.parametrize(
    ("due_on", "day", "utc"), [(date(2027, 4, 6), date(2027, 3, 25), 6), (date(2027, 4, 7), date(2027, 3, 30), 5)]
)
def test_mail_hours_are_those_of_the_clock_on_the_wall(smtp: TroubledServer, due_on: date, day: date, utc: int) -> None:
    RoundWorld(due_on)
    build.plan(at(day, 3))
    due = build.only().due_at
    assert (due.hour, due.astimezone(HELSINKI).hour, due.astimezone(HELSINKI).date()) == (utc, 8, day)


def test_what_was_answered_after_planning_is_not_sent(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(SECOND, 1))
    build.answer(world.plan, world.round)
    build.tick(at(SECOND))
    row = build.only()
    assert (row.state, row.reason) == ("cancelled", "answered")
    assert smtp.deliveries == []


def test_only_what_is_still_open_stands_in_the_mail(smtp: TroubledServer) -> None:
    world = RoundWorld()
    make.plan(make.action_item(world.goal, world.unit, name_fi="Kysely asiakkaille"), world.period)
    build.plan(at(SECOND, 1))
    audited.change(world.plan, make.stamp(), status="discontinued")
    build.tick(at(SECOND))
    text = smtp.deliveries[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # the mail has both parts
    assert "Kysely asiakkaille" in text
    assert "Digitalisaation tiekartta" not in text


def test_what_is_asked_again_after_all_is_told_again(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(SECOND, 1))
    given = build.answer(world.plan, world.round)
    build.tick(at(SECOND, 9))
    audited.change(given, make.stamp(), review="returned")
    build.tick(at(SECOND, 10))
    assert states() == ["cancelled", "sent"]
    assert len(smtp.deliveries) == 1


def test_who_is_no_longer_responsible_is_not_told_and_who_is_is(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(SECOND, 1))
    successor = make.member(world.unit)
    audited.change(Membership.objects.get(user=world.manager), make.stamp(), valid_until=SECOND - timedelta(days=1))
    build.tick(at(SECOND))
    assert [(row.state, row.reason, row.person_id) for row in Reminder.objects.order_by("pk")] == [
        ("cancelled", "elsewhere", world.manager.pk),
        ("sent", "", successor.pk),
    ]


def test_a_reminder_that_outlived_its_round_is_given_up_and_the_director_is_told(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(LAST))
    make.brought(world.round, "locked")
    build.tick(at(DUE + timedelta(days=4)))
    mine = Reminder.objects.get(person_id=world.manager.pk)
    assert (mine.state, mine.reason) == ("cancelled", "too_late")
    assert smtp.deliveries == []
    build.tick(at(DUE + timedelta(days=4), 10))
    (told,) = smtp.deliveries
    assert told.recipients == (world.director.email,)
    assert "Muistutuksia ei lähetetty ajoissa" in told.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # the mail has both parts


def test_a_mail_that_was_kept_back_tells_what_is_due_when_it_leaves(smtp: TroubledServer) -> None:
    RoundWorld()
    build.plan(at(SECOND))
    build.tick(at(LAST))
    assert [(row.state, row.reason) for row in Reminder.objects.order_by("day")] == [("sent", "")]
    assert [one.outcome for one in Obligation.objects.order_by("pk")] == ["dropped", "told"]


def test_who_was_told_today_waits_until_tomorrow(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    strategy = make.strategy(world.municipality)
    make.plan(make.action_item(make.goal(make.theme(strategy)), world.unit), make.period(strategy))
    build.a_round(strategy, date(2027, 1, 4), opens_on=SECOND)
    build.tick(at(SECOND, 10))
    waiting = Reminder.objects.get(state="planned")
    assert waiting.due_at == at(SECOND + timedelta(days=1), 8)
    build.tick(at(SECOND + timedelta(days=1)))
    assert len(smtp.deliveries) == 2


def test_whoever_sends_looks_too_whether_the_receiver_had_todays_mail(smtp: TroubledServer) -> None:
    RoundWorld()
    build.plan(at(SECOND, 1))
    row = build.only()
    Reminder.objects.filter(pk=row.pk).update(key="another")
    build.plan(at(SECOND, 2))
    Obligation.objects.update(reminder=row)
    build.tick(at(SECOND))
    assert len(smtp.deliveries) == 1


def test_a_bounced_address_is_said_and_never_stops_the_others(smtp: TroubledServer) -> None:
    world = RoundWorld()
    people = crowd(world)
    smtp.replies[people[1].email] = "550 5.1.1 no such user"
    build.tick(at(SECOND))
    row = Reminder.objects.get(person_id=people[1].pk)
    assert (row.state, row.problem, row.error) == ("failed", "bounced", "550 5.1.1 no such user")
    assert {one.recipients[0] for one in smtp.deliveries} == {people[0].email, people[2].email}


def test_a_temporary_refusal_is_tried_again_later_with_the_same_identity(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "450 4.2.0 greylisted"
    build.tick(at(SECOND))
    row = build.only()
    assert (row.state, row.problem, row.next_attempt_at) == ("planned", "later", at(SECOND, 9, 1))
    build.tick(at(SECOND, 9, 1))
    assert build.only().next_attempt_at == at(SECOND, 9, 6)
    smtp.replies.clear()
    build.tick(at(SECOND, 9, 6))
    done = build.only()
    assert (done.state, done.attempts, done.message_id, done.dated_at) == ("sent", 3, row.message_id, at(SECOND))
    assert smtp.deliveries[0].message["Date"].datetime == at(SECOND)


def test_an_attempt_outside_mail_hours_waits_for_them(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "450 4.2.0 greylisted"
    build.tick(at(SECOND, 15, 59))
    assert build.only().next_attempt_at == at(date(2026, 12, 16), 8)


def test_a_refusal_that_lasts_ends_with_the_deadline_and_is_never_lost_from_sight(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "451 4.3.0 try later"
    now = at(LAST)
    for _ in range(30):
        build.tick(now)
        now += timedelta(hours=1)
    row = build.only()
    assert row.state == "planned"
    assert outbox.health(now).oldest_due == at(LAST)
    make.brought(world.round, "locked")
    build.tick(at(DUE + timedelta(days=4)))
    mine = Reminder.objects.get(person_id=world.manager.pk)
    assert (mine.state, mine.reason, mine.problem) == ("cancelled", "too_late", "later")


@pytest.mark.parametrize("reply", ["421 4.7.0 too many", "432 4.3.2 concurrent connections"])
def test_a_server_that_asks_to_slow_down_gets_the_rest_in_portions(smtp: TroubledServer, reply: str) -> None:
    world = RoundWorld()
    crowd(world, 25)
    build.plan(at(SECOND, 9))
    first = Reminder.objects.earliest("next_attempt_at", "pk").sent_to
    smtp.replies[first] = reply
    build.tick(at(SECOND))
    assert smtp.refused == [first]
    assert smtp.deliveries == []
    waits = list(Reminder.objects.order_by("next_attempt_at").values_list("next_attempt_at", flat=True))
    assert waits == sorted(waits)
    assert [waits.count(at(SECOND, 9, minute)) for minute in (1, 2, 3)] == [11, 10, 4]
    assert build.tick(at(SECOND, 9, 0)).report.counts == {}
    smtp.replies.clear()
    build.tick(at(SECOND, 9, 3))
    assert len(smtp.deliveries) == 25


@pytest.mark.parametrize(
    ("reply", "state", "problem"),
    [
        ("554 5.6.0 content refused", "failed", "refused"),
        # After the mail itself, what speaks of a mailbox speaks of ours.
        ("552 5.2.2 quota exceeded", "planned", "policy"),
        ("550 5.1.8 sender denied", "planned", "policy"),
        ("554 relay access denied", "planned", "policy"),
        ("554 message refused", "failed", "refused"),
        ("451 4.3.0 later", "planned", "later"),
        # A word on us, not on the address: it must not lose everybody's mail.
        ("550 5.7.1 relaying denied", "planned", "policy"),
    ],
)
def test_what_the_server_says_of_the_mail_itself(smtp: TroubledServer, reply: str, state: str, problem: str) -> None:
    RoundWorld()
    smtp.data_reply = reply
    build.tick(at(SECOND))
    row = build.only()
    assert (row.state, row.problem, row.error, row.maybe_sent) == (state, problem, reply, False)


@pytest.mark.parametrize("reply", ["550 5.7.1 relaying denied", "530 5.7.57 not signed in"])
def test_a_server_that_does_not_relay_for_us_loses_nothing(smtp: TroubledServer, reply: str) -> None:
    world = RoundWorld()
    for person in crowd(world):
        smtp.replies[person.email] = reply
    build.tick(at(SECOND))
    assert states() == ["planned"] * 3
    assert sorted(Reminder.objects.values_list("problem", flat=True)) == ["", "", "policy"]


def test_a_refused_sender_stops_the_run_and_is_tried_again(smtp: TroubledServer) -> None:
    crowd(RoundWorld())
    smtp.sender_reply = "530 5.7.57 client not authenticated"
    build.tick(at(SECOND))
    assert list(Reminder.objects.order_by("pk").values_list("attempts", "problem")) == [(1, "policy"), (0, ""), (0, "")]
    smtp.sender_reply = "250 ok"
    build.tick(at(SECOND, 9, 1))
    assert states() == ["sent"] * 3


def test_a_connection_lost_before_the_mail_is_tried_again(smtp: TroubledServer) -> None:
    RoundWorld()
    smtp.breaks_off = "before"
    build.tick(at(SECOND))
    assert (build.only().state, build.only().problem) == ("planned", "network")
    smtp.breaks_off = ""
    build.tick(at(SECOND, 9, 1))
    assert len(smtp.deliveries) == 1


def test_a_lost_connection_is_made_anew_for_the_others(smtp: TroubledServer) -> None:
    crowd(RoundWorld())
    build.plan(at(SECOND))
    first = Reminder.objects.earliest("next_attempt_at", "pk").sent_to
    smtp.breaks_off, smtp.breaks_off_for = "before", first
    build.tick(at(SECOND))
    assert len(smtp.deliveries) == 2
    assert Reminder.objects.get(state="planned").sent_to == first


def test_a_connection_lost_after_the_mail_makes_a_copy_with_the_same_identity(smtp: TroubledServer) -> None:
    RoundWorld()
    smtp.breaks_off = "after"
    build.tick(at(SECOND))
    assert build.only().maybe_sent
    smtp.breaks_off = ""
    build.tick(at(SECOND, 9, 1))
    first, copy = smtp.deliveries
    for header in ("Message-ID", "Date", "Subject", "To"):
        assert first.message[header] == copy.message[header]
    assert build.only().state == "sent"


def test_no_mail_server_at_all_keeps_everything(settings: Any) -> None:
    crowd(RoundWorld())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    build.tick(at(SECOND))
    assert states() == ["planned"] * 3
    row = Reminder.objects.order_by("pk")[0]
    assert (row.problem, row.maybe_sent) == ("network", False)
    assert "ConnectionRefusedError" in row.error


def test_mails_on_disk_are_kept_when_there_is_no_mail_server(settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    crowd(RoundWorld())
    build.tick(at(SECOND))
    assert states() == ["sent"] * 3
    kept = "".join(path.read_text() for path in tmp_path.iterdir())
    assert all(row.message_id in kept for row in Reminder.objects.all())


def test_an_address_that_is_none_fails_and_the_others_leave(smtp: TroubledServer) -> None:
    world = RoundWorld()
    people = crowd(world)
    for bad, person in zip(("ei osoite", "päivi@mallila.example"), people, strict=False):
        make.change_user(person, email=bad)
    build.tick(at(SECOND))
    assert sorted(states()) == ["failed", "failed", "sent"]
    assert set(Reminder.objects.filter(state="failed").values_list("problem", flat=True)) == {"bad_address"}


def test_an_error_of_the_program_keeps_the_mail_and_lets_the_others_go(smtp: TroubledServer) -> None:
    world = RoundWorld()
    people = crowd(world)
    build.plan(at(SECOND))
    Reminder.objects.filter(person_id=people[0].pk).update(kind="unknown", municipality=None)
    build.tick(at(SECOND))
    row = Reminder.objects.get(person_id=people[0].pk)
    assert (row.state, row.problem) == ("planned", "broken")
    assert len(smtp.deliveries) == 2


def test_a_corrected_address_is_used(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(SECOND, 1))
    make.change_user(world.manager, email="uusi@mallila.example")
    build.tick(at(SECOND))
    assert smtp.deliveries[0].recipients == ("uusi@mallila.example",)
    assert build.only().sent_to == "uusi@mallila.example"


def test_health_is_read_from_the_rows(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.plan(at(SECOND, 1))
    assert outbox.health(at(SECOND, 7)).oldest_due is None
    assert outbox.health(at(SECOND, 9)).oldest_due == at(SECOND, 8)
    assert outbox.health(at(SECOND, 9), Reminder.objects.filter(municipality=world.municipality)).counts == {
        "planned": 1
    }
    assert outbox.health(at(SECOND, 9), Reminder.objects.none()).oldest_due is None
    build.tick(at(SECOND))
    assert outbox.health(at(SECOND, 9)) == outbox.Health(None, {"sent": 1})


def test_send_again_makes_a_new_mail_and_pressing_twice_makes_one(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    first = build.only()
    again = outbox.send_again(first, world.director, 1, at(SECOND, 10))
    assert outbox.send_again(first, world.director, 1, at(SECOND, 10)) == again
    build.tick(at(SECOND, 10))
    again.refresh_from_db()
    assert (again.state, again.again_of, again.asked_by_name.text) == ("sent", first, "Teppo Testaaja")
    assert smtp.deliveries[0].message["Message-ID"] != smtp.deliveries[1].message["Message-ID"]
    assert smtp.deliveries[1].message["Date"].datetime == at(SECOND, 10)
    assert smtp.deliveries[0].message["References"] == smtp.deliveries[1].message["References"]


@pytest.mark.parametrize(("lost", "mails"), [(False, 1), (True, 0)])
def test_what_is_owed_again_is_told_again_unless_the_first_mail_may_have_left(
    smtp: TroubledServer, lost: bool, mails: int
) -> None:
    world = RoundWorld()
    smtp.breaks_off = "after" if lost else ""
    smtp.replies[world.manager.email] = "250 2.1.5 ok" if lost else "450 4.2.0 greylisted"
    build.tick(at(SECOND))
    broken_off = len(smtp.deliveries)
    assert (broken_off, build.only().maybe_sent) == (lost, lost)
    smtp.breaks_off = ""
    smtp.replies.clear()
    report = build.answer(world.plan, world.round)
    build.tick(at(SECOND, 9, 1))
    assert (build.only().state, build.only().reason) == ("cancelled", "answered")
    audited.change(report, make.stamp(), review="returned")
    build.tick(at(SECOND, 9, 2))
    assert len(smtp.deliveries) - broken_off == mails
    assert Reminder.objects.count() == 1 + mails


def test_what_a_mail_that_was_asked_for_again_told_is_not_told_twice(smtp: TroubledServer) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    outbox.send_again(build.only(), world.director, 1, at(THIRD, 8))
    delivery.deliver(at(THIRD, 8))
    build.tick(at(THIRD))
    assert len(smtp.deliveries) == 2
    build.tick(at(LAST))
    assert len(smtp.deliveries) == 3


def test_a_mailbox_at_the_address_of_a_closed_account_is_the_units(smtp: TroubledServer) -> None:
    world = RoundWorld()
    person = make.user("Entinen Esihenkilö", language="en")
    make.member(world.unit, user=person, valid_until=SECOND - timedelta(days=1))
    for who in (person, world.manager):
        make.change_user(who, is_active=False)
    audited.change(world.unit, make.stamp(), email=person.email, language="sv")
    build.tick(at(SECOND))
    row = build.only()
    assert (row.recipient_key.partition(":")[0], row.person_id, row.name) == ("mailbox", None, None)
    assert (row.state, row.language) == ("sent", "sv")
    assert smtp.deliveries[0].recipients == (person.email,)


def test_a_viewer_or_admin_is_never_written_to_in_the_directors_stead(smtp: TroubledServer) -> None:
    world = RoundWorld()
    make.change_user(world.manager, is_active=False)
    audited.change(world.unit, make.stamp(), email="")
    make.official(world.municipality, Role.VIEWER)
    build.tick(at(SECOND))
    assert [one.recipients for one in smtp.deliveries] == [(world.director.email,)]


def test_what_bounces_is_told_to_the_next_in_line_and_again_to_a_corrected_address(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "550 5.1.1 no such user"
    build.tick(at(SECOND))
    assert smtp.deliveries == []
    build.tick(at(SECOND, 10))

    def told() -> list[str]:
        # The director's week tells of the mail that did not arrive.
        return [one.recipients[0] for one in smtp.deliveries if one.recipients[0] != world.director.email]

    assert told() == [world.unit.email]
    make.change_user(world.manager, email="oikea@mallila.example")
    build.tick(at(SECOND, 11))
    assert told() == [world.unit.email, "oikea@mallila.example"]
    build.tick(at(SECOND, 12))
    assert len(told()) == 2


def test_an_address_that_takes_a_mail_again_is_believed(smtp: TroubledServer) -> None:
    world = RoundWorld()
    smtp.replies[world.manager.email] = "550 5.1.1 no such user"
    build.tick(at(SECOND))
    smtp.replies.clear()
    outbox.send_again(Reminder.objects.get(state="failed"), world.director, 1, at(SECOND, 10))
    build.tick(at(SECOND, 10))
    assert world.manager.email in {one.recipients[0] for one in smtp.deliveries}
    assert outbox.bounced(world.municipality, at(SECOND, 11)) == frozenset()


def test_a_clock_that_goes_back_and_forth_sends_nothing_twice(smtp: TroubledServer) -> None:
    RoundWorld()
    for now in (
        at(SECOND, 10),
        at(SECOND, 9),
        at(LAST),
        at(SECOND, 11),
        at(THIRD),
        at(LAST, 10),
    ):
        build.tick(now)
    told = [
        row.obligations.get().key.rpartition(":")[2] for row in Reminder.objects.filter(state="sent").order_by("pk")
    ]
    assert told == [f"-10 {SECOND}", f"-1 {LAST}", f"-3 {THIRD}"]
    assert len(smtp.deliveries) == 3

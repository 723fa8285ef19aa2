"""Which mails should exist, on which day, for whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage

from notifications.models import NotificationPreference, Obligation, Reminder
from tests import make
from toimenpiteet.models import Membership, Nudge, PlanUnit, ReportingRound, RoundDay, Unit
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

from . import build
from .build import ABOVE, DUE, FIRST, LAST, LATE, LATER, SECOND, THIRD, RoundWorld, at

pytestmark = pytest.mark.django_db
DAYS = ("computed_on", "decided_on", "holds_on")


def test_a_mail_goes_out_on_each_reminder_day(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    for back in range(31, -30, -1):
        build.tick(at(DUE - timedelta(days=back)))
    sent = Reminder.objects.filter(state="sent", person_id=world.manager.pk).order_by("sent_at")
    own = [row.sent_at.date() for row in sent if row.sent_at]
    assert own[:6] == [FIRST, SECOND, THIRD, LAST, LATE, LATER]
    above = Reminder.objects.filter(state="sent", person_id=world.director.pk, obligations__kind="round_due")
    assert [row.sent_at.date() for row in above if row.sent_at] == [ABOVE]


def test_planning_again_changes_nothing() -> None:
    world = RoundWorld()
    assert [row.person_id for row in build.plan(at(SECOND))] == [world.manager.pk]
    before = Reminder.objects.values().get()
    assert build.plan(at(SECOND, 15)) == []
    assert Reminder.objects.values().get() == before


def test_what_is_planned_outside_mail_hours_leaves_in_the_next() -> None:
    RoundWorld()
    build.plan(at(date(2026, 12, 19), 12))
    assert build.only().due_at == at(date(2026, 12, 21), 8)


def test_nobody_is_told_of_a_round_that_is_not_open() -> None:
    world = make.World()
    days = {"opens_on": FIRST, "decided_on": DUE, "due_on": DUE}
    audited.add(ReportingRound(strategy=world.strategy, kind="budget", year=2026, **days), make.stamp())
    assert build.plan(at(SECOND)) == []


def test_a_round_that_was_opened_before_its_day_is_told_once_as_opened(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    for back in range(36, 30, -1):
        build.tick(at(DUE - timedelta(days=back)))
    assert len(mailoutbox) == 1


def test_nobody_is_told_after_the_review_has_ended() -> None:
    world = RoundWorld()
    day = RoundDay(round=world.round, which="review_ends", rule="never", **dict.fromkeys(DAYS, date(2027, 1, 14)))
    audited.add(day, make.stamp())
    build.tick(at(LATER))
    assert build.plan(at(ABOVE)) == []


def test_after_an_outage_what_still_helps_is_sent_once(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    build.plan(at(SECOND))
    # The tick that planned was the last for a week: two reminder days have come.
    build.tick(at(THIRD))
    assert len(mailoutbox) == 1
    assert [(row.state, row.day) for row in Reminder.objects.all()] == [("sent", SECOND)]
    dropped, told = Obligation.objects.order_by("pk")
    assert (dropped.outcome, dropped.key.rpartition(":")[2]) == ("dropped", f"-10 {SECOND}#{dropped.pk}")
    assert (told.outcome, told.key.rpartition(":")[2]) == ("told", f"-3 {THIRD}")


def test_a_row_of_a_day_to_come_keeps_nobody_waiting(mailoutbox: list[EmailMessage]) -> None:
    """A clock that was ahead once, or a command with another time, silences nothing."""
    RoundWorld()
    build.plan(at(LATE))
    for day in (SECOND, THIRD, LAST, LATE):
        build.tick(at(day))
    assert len(mailoutbox) == 4
    assert Reminder.objects.filter(state="sent").count() == 4


def test_what_was_asked_for_while_a_clock_was_ahead_leaves_when_its_day_has_come(
    mailoutbox: list[EmailMessage],
) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    stamp = make.stamp(at=at(SECOND, 10))
    audited.add(Nudge(round=world.round, unit=world.unit, asked_by=world.director, at=at(SECOND, 10)), stamp)
    build.plan(at(LAST))
    build.tick(at(date(2026, 12, 16)))
    assert len(mailoutbox) == 2


def test_who_takes_over_after_the_others_mail_has_left_is_told(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    successor = make.member(world.unit)
    membership = Membership.objects.get(user=world.manager)
    audited.change(membership, make.stamp(), valid_until=SECOND - timedelta(days=1))
    build.tick(at(SECOND, 11))
    assert [message.to[0].partition("<")[2].strip(">") for message in mailoutbox] == [
        world.manager.email,
        successor.email,
    ]


def test_what_comes_after_todays_mail_goes_with_the_next(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    build.tick(at(SECOND))
    other = make.unit(world.municipality, "Tilapalvelut")
    make.member(other, user=world.manager)
    make.plan(make.action_item(world.goal, other, name_fi="Uusi talo"), world.period)
    for hour in (10, 15):
        build.tick(at(SECOND, hour))
    assert len(mailoutbox) == 1
    build.tick(at(SECOND + timedelta(days=1)))
    assert len(mailoutbox) == 2
    assert "Uusi talo" in str(mailoutbox[1].body)


@pytest.mark.parametrize("quiet", ["14.12.–16.12.", "1.12.–16.12."])
def test_no_mail_leaves_in_the_quiet_weeks(mailoutbox: list[EmailMessage], quiet: str) -> None:
    world = RoundWorld()
    audited.change(world.municipality, make.stamp(), quiet_days=quiet)
    for back in range(32, 8, -1):
        build.tick(at(DUE - timedelta(days=back)))
    sent = [row.sent_at.date() for row in Reminder.objects.order_by("sent_at") if row.sent_at]
    assert sent == {"14.12.–16.12.": [FIRST, date(2026, 12, 11)], "1.12.–16.12.": [FIRST]}[quiet]


def test_the_mail_comes_at_the_hour_that_its_reader_chose(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    NotificationPreference.objects.create(person=world.manager, hour=13)
    build.tick(at(SECOND, 9))
    assert mailoutbox == []
    assert build.only().due_at == at(SECOND, 13)
    build.tick(at(SECOND, 13))
    assert len(mailoutbox) == 1


def test_one_mail_for_all_rounds_units_and_strategies_of_a_municipality(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    other_unit = make.unit(world.municipality, "Tilapalvelut")
    make.member(other_unit, user=world.manager)
    strategy = make.strategy(world.municipality, name_fi="Toinen strategia")
    goal = make.goal(make.theme(strategy))
    make.plan(make.action_item(goal, other_unit, name_fi="Uusi talo"), make.period(strategy))
    build.a_round(strategy, date(2026, 12, 30))
    build.tick(at(SECOND))
    (message,) = mailoutbox
    assert message.to[0].endswith(f"<{world.manager.email}>")
    text = str(message.body)
    for shown in ("Mallilan strategia", "Toinen strategia", "Tietohallinto", "Tilapalvelut", "Uusi talo"):
        assert shown in text
    assert len(message.extra_headers["References"].split()) == 2


def test_two_rounds_a_day_apart_never_make_two_mails_on_one_day(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    strategy = make.strategy(world.municipality)
    make.plan(make.action_item(make.goal(make.theme(strategy)), world.unit), make.period(strategy))
    build.a_round(strategy, date(2026, 12, 30), opens_on=FIRST)
    for back in range(31, -3, -1):
        build.tick(at(DUE - timedelta(days=back)))
        build.tick(at(DUE - timedelta(days=back), 13))
    rows = Reminder.objects.filter(state="sent", person_id=world.manager.pk).order_by("sent_at")
    sent = [row.sent_at.date() for row in rows if row.sent_at]
    # 14.12., 23.12. and 29.12. for one, the day after for the other; the opening of both on one day.
    assert sent == [
        FIRST,
        date(2026, 12, 14),
        SECOND,
        date(2026, 12, 23),
        THIRD,
        date(2026, 12, 29),
        LAST,
        date(2026, 12, 31),
    ]


def test_a_person_in_two_municipalities_gets_one_mail_of_each(mailoutbox: list[EmailMessage]) -> None:
    first, second = RoundWorld(), RoundWorld()
    make.member(second.unit, user=first.manager)
    build.tick(at(SECOND))
    to_first = [message for message in mailoutbox if first.manager.email in message.to[0]]
    assert len(to_first) == 2


def answered(world: RoundWorld) -> None:
    build.answer(world.plan, world.round)


def awaits_approval(world: RoundWorld) -> None:
    for status in ("in_progress", "awaiting_approval"):
        move(world, status)


def closed(world: RoundWorld) -> None:
    move(world, "discontinued")


def move(world: RoundWorld, status: str) -> None:
    audited.change(world.plan, make.stamp(), status=status)


def locked(world: RoundWorld) -> None:
    make.brought(world.round, "locked")


def draft(world: RoundWorld) -> None:
    audited.change(world.strategy, make.stamp(), status="draft")


@pytest.mark.parametrize("happened", [answered, awaits_approval, closed, locked, draft])
def test_nobody_is_reminded_of_what_needs_no_answer(happened: Callable[[RoundWorld], None]) -> None:
    world = RoundWorld()
    happened(world)
    assert world.manager.pk not in {row.person_id for row in build.plan(at(SECOND))}


@pytest.mark.parametrize(("said", "review"), [("nothing", "none"), ("updated", "returned")])
def test_a_silent_or_returned_answer_is_asked_for(said: str, review: str) -> None:
    world = RoundWorld()
    build.answer(world.plan, world.round, said, review)
    assert len(build.plan(at(SECOND))) == 1


def test_a_plan_of_a_later_period_waits_for_its_time() -> None:
    world = RoundWorld()
    later = make.period(world.strategy, 2027, 2030, key="myohemmin")
    make.plan(make.action_item(world.goal, world.unit, name_fi="Myöhemmin"), later)
    closed(world)
    assert build.plan(at(SECOND)) == []


def test_each_service_area_is_told_of_what_all_of_them_answer_for() -> None:
    world = RoundWorld()
    everyone = make.unit(world.municipality, "Palvelualueet", kind="group", member_kind="service_area", email="")
    areas = [make.unit(world.municipality, name, kind="service_area") for name in ("Perusturva", "Hyvinvointi")]
    managers = [make.member(area) for area in areas]
    make.plan(make.action_item(world.goal, everyone), world.period)
    told = {row.person_id: {one.unit_id for one in row.obligations.all()} for row in build.plan(at(SECOND))}
    assert told == {
        world.manager.pk: {world.unit.pk},
        managers[0].pk: {areas[0].pk},
        managers[1].pk: {areas[1].pk},
    }


def test_roles_count_on_the_day_and_only_managers_with_an_open_account() -> None:
    world = RoundWorld()
    make.member(world.unit, Role.CONTRIBUTOR)
    make.member(world.unit, valid_until=SECOND - timedelta(days=1))
    make.member(world.unit, valid_from=SECOND + timedelta(days=1))
    make.member(world.unit, user=make.user(is_active=False))
    today = make.member(world.unit, valid_from=SECOND, valid_until=SECOND)
    assert {row.person_id for row in build.plan(at(SECOND))} == {world.manager.pk, today.pk}


def test_without_people_the_mailbox_then_the_director_then_a_failure_that_is_seen() -> None:
    world = RoundWorld()
    make.change_user(world.manager, is_active=False)
    (row,) = build.plan(at(SECOND))
    assert (row.sent_to, row.person_id) == (world.unit.email, None)
    audited.change(world.unit, make.stamp(), email="")
    (row,) = build.plan(at(SECOND))
    assert row.person_id == world.director.pk
    make.change_user(world.director, is_active=False)
    (row,) = build.plan(at(SECOND))
    assert (row.state, row.problem, row.sent_to) == ("failed", "nobody", "")


def test_a_substitute_gets_it_too_while_the_substitution_holds() -> None:
    world = RoundWorld()
    stand_in = make.official(world.municipality, Role.VIEWER)
    make.substitution(world.manager, stand_in, world.municipality, valid_from=SECOND, valid_until=SECOND)
    assert {row.person_id for row in build.plan(at(SECOND))} == {world.manager.pk, stand_in.pk}
    build.tick(at(SECOND))
    assert {row.person_id for row in build.plan(at(LAST))} == {world.manager.pk}


def test_a_substitution_in_another_municipality_changes_nothing() -> None:
    world, other = RoundWorld(), make.World()
    make.member(other.unit, user=world.manager)
    make.substitution(world.manager, other.director, other.municipality)
    assert {row.person_id for row in build.plan(at(SECOND))} == {world.manager.pk}


def test_a_unit_of_another_municipality_is_told_nothing() -> None:
    world, other = RoundWorld(), make.World()
    audited.add(PlanUnit(plan=world.plan, unit=other.unit, order=1), make.stamp())
    assert [row.person_id for row in build.plan(at(SECOND))] == [world.manager.pk]


def test_ticking_at_rest_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    RoundWorld()
    for day in (SECOND, date(2026, 8, 14)):
        build.tick(at(day))
        with django_assert_max_num_queries(35):
            build.tick(at(day, 10))


def test_who_leads_the_unit_above_may_answer_from_the_mail(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    above = make.unit(world.municipality, "Toimiala")
    head = make.member(above)
    audited.change(Unit.objects.get(pk=world.unit.pk), make.stamp(), parent_id=above.pk)
    for day in (LATER, ABOVE):
        build.tick(at(day))
    (mine,) = [str(message.body) for message in mailoutbox if head.email in message.to[0]]
    assert "/vastaa/avain/" in mine
    assert not any(world.manager.email in message.to[0] for message in mailoutbox[1:])

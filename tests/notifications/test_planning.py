"""Which mails should exist, on which day, for whom."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage

from notifications.models import NotificationPreference, Reminder
from notifications.planning import stage_day
from notifications.recipients import EVERY_STAGE
from tests import make
from toimenpiteet.models import PlanUnit
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

from . import build
from .build import DUE, FIRST, LAST, SECOND, RoundWorld, at

pytestmark = pytest.mark.django_db

# Counted by hand in the calendar of 5 § of act 150/1930, beside the code: 21, 7 and 1 working days before.
REMINDER_DAYS = {
    # 30.6.2029 is a Saturday; Midsummer Eve 22.6.
    date(2029, 7, 2): (date(2029, 5, 31), date(2029, 6, 20), date(2029, 6, 29)),
    # 31.12.2028 is a Sunday; 1.1., 24.–26.12. and 6.12. are off.
    date(2029, 1, 2): (date(2028, 11, 28), date(2028, 12, 19), date(2028, 12, 29)),
    # 24.12.2026 moves over Christmas to Monday.
    date(2026, 12, 28): (date(2026, 11, 25), date(2026, 12, 15), date(2026, 12, 23)),
    # 1.5.2027 is a Saturday; Good Friday 26.3. and Easter Monday 29.3. lie before the first day.
    date(2027, 5, 3): (date(2027, 4, 2), date(2027, 4, 22), date(2027, 4, 30)),
    date(2026, 12, 31): (date(2026, 11, 30), date(2026, 12, 18), date(2026, 12, 30)),
}


def days(due_on: date) -> list[date]:
    """Return the days on which the last reminder day changes, walking through the calendar."""
    walk = [due_on - timedelta(days=back) for back in range(50, -2, -1)]
    stages = [stage_day(due_on, day, EVERY_STAGE) for day in walk]
    return [day for day, before, stage in zip(walk[1:], stages, stages[1:], strict=False) if stage and stage != before]


@pytest.mark.parametrize("due_on", REMINDER_DAYS)
def test_reminders_move_backward_to_working_days(due_on: date) -> None:
    assert tuple(days(due_on)) == REMINDER_DAYS[due_on]
    assert stage_day(due_on, due_on, EVERY_STAGE) == REMINDER_DAYS[due_on][2]
    assert stage_day(due_on, due_on + timedelta(days=1), EVERY_STAGE) is None


@pytest.mark.parametrize("due_on", REMINDER_DAYS)
def test_three_mails_go_out_on_the_three_days(due_on: date, mailoutbox: list[EmailMessage]) -> None:
    RoundWorld(due_on)
    for back in range(60, -5, -1):
        build.tick(at(due_on - timedelta(days=back)))
    sent = Reminder.objects.filter(state="sent").order_by("sent_at")
    assert tuple(row.sent_at.date() for row in sent if row.sent_at) == REMINDER_DAYS[due_on]
    assert len(mailoutbox) == 3


def test_planning_again_changes_nothing() -> None:
    world = RoundWorld()
    assert [row.person_id for row in build.plan(at(SECOND))] == [world.manager.pk]
    before = Reminder.objects.values().get()
    assert build.plan(at(SECOND, 15)) == []
    assert Reminder.objects.values().get() == before


def test_what_is_planned_outside_mail_hours_leaves_in_the_next() -> None:
    RoundWorld()
    saturday = SECOND + timedelta(days=1)
    build.plan(at(saturday, 12))
    assert build.only().due_at == at(date(2026, 12, 21), 8)


def test_before_the_first_day_and_after_the_deadline_nobody_is_told() -> None:
    RoundWorld()
    assert build.plan(at(FIRST - timedelta(days=3))) == []
    assert build.plan(at(DUE, 16, 1)) == []


def test_after_an_outage_only_the_latest_reminder_is_planned(mailoutbox: list[EmailMessage]) -> None:
    RoundWorld()
    build.tick(at(date(2026, 12, 22)))
    assert [row.day for row in Reminder.objects.all()] == [SECOND]
    build.tick(at(date(2026, 12, 23)))
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
    item = make.action_item(make.goal(make.theme(strategy)), world.unit)
    make.plan(item, make.period(strategy))
    build.a_round(strategy, date(2026, 12, 30))
    for back in range(45, -3, -1):
        for hour in (7, 9, 13):
            build.tick(at(DUE - timedelta(days=back), hour))
    sent = sorted(row.sent_at.date() for row in Reminder.objects.filter(state="sent") if row.sent_at)
    assert sent == sorted([date(2026, 11, 27), FIRST, date(2026, 12, 17), SECOND, date(2026, 12, 29), LAST])
    assert len(mailoutbox) == len(sent)


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
    happened(RoundWorld())
    assert build.plan(at(SECOND)) == []


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
    told = {row.person_id: {part.unit_id for part in row.parts.all()} for row in build.plan(at(SECOND))}
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


def test_a_substitute_gets_it_while_the_substitution_holds() -> None:
    world = RoundWorld()
    stand_in = make.official(world.municipality, Role.VIEWER)
    make.substitution(world.manager, stand_in, world.municipality, valid_from=SECOND, valid_until=SECOND)
    assert {row.person_id for row in build.plan(at(SECOND))} == {stand_in.pk}
    assert {row.person_id for row in build.plan(at(LAST))} == {world.manager.pk}


def test_a_substitution_in_another_municipality_changes_nothing() -> None:
    world, other = RoundWorld(), make.World()
    make.member(other.unit, user=world.manager)
    make.substitution(world.manager, other.director, other.municipality)
    assert {row.person_id for row in build.plan(at(SECOND))} == {world.manager.pk}


def test_who_asked_for_one_mail_gets_the_last() -> None:
    world = RoundWorld()
    NotificationPreference.objects.create(person=world.manager, frequency="last", language="sv")
    assert build.plan(at(SECOND)) == []
    (row,) = build.plan(at(LAST))
    assert (row.language, row.day) == ("sv", LAST)


def test_a_unit_of_another_municipality_is_told_nothing() -> None:
    world, other = RoundWorld(), make.World()
    audited.add(PlanUnit(plan=world.plan, unit=other.unit, order=1), make.stamp())
    assert [row.person_id for row in build.plan(at(SECOND))] == [world.manager.pk]


def test_ticking_at_rest_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    RoundWorld()
    build.tick(at(SECOND))
    with django_assert_max_num_queries(40):
        build.tick(at(SECOND, 10))
    with django_assert_max_num_queries(12):
        build.tick(at(date(2026, 8, 14)))

"""How rounds move: by themselves and by the director, never back; and the answers that opening one expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import Http404

from bench.city.guards import unguarded
from tests import make
from toimenpiteet import access, round_moves
from toimenpiteet.models import Actor, Door, RecordedName, ReportingRound, StatusReport, User
from toimenpiteet.round_moves import RoundStatus
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.plan.open_plans import units_asked
from toimenpiteet.selectors.rounds.rounds import Rounds, rounds
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.services.rounds import turning
from toimenpiteet.workflow import Role, Status

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SERVICES: dict[str, Callable[..., ReportingRound]] = {
    "open": turning.open_round,
    "end_answers": turning.end_answers,
    "lock": turning.lock,
    "publish": turning.publish,
}


class Asked(make.World):
    """A world with a round that opens today and is answered within nine days."""

    def __init__(self) -> None:
        super().__init__()
        self.due = make.TODAY + 9 * DAY
        days = {"opens_on": make.TODAY, "decided_on": self.due, "due_on": self.due}
        made = ReportingRound(strategy=self.strategy, kind="budget", year=2021, **days)
        self.round = audited.add(made, make.stamp())

    def at(self, day: date) -> datetime:
        """Return the usual time on a day."""
        return make.NOW + (day - make.TODAY)

    def turn(self, day: date) -> str:
        """Do what comes by itself by a day; return how far the round is."""
        turning.turn(self.at(day), door=Door.TASK)
        self.round.refresh_from_db()
        return str(self.round.status)

    def act(self, name: str, who: User, version: int | None = None) -> ReportingRound:
        """Make a move as a person."""
        self.round.refresh_from_db()
        stamp = audited.stamp(Actor.person(who, Door.PAGE), "Päätetty", make.NOW)
        seen = self.round.version if version is None else version
        return SERVICES[name](self.round.pk, version=seen, scope=access.scope_of(who, make.TODAY), stamp=stamp)


@pytest.fixture
def world() -> Asked:
    return Asked()


def asked_of(world: Asked) -> list[int]:
    return list(StatusReport.objects.filter(round=world.round).order_by("plan_id").values_list("plan_id", flat=True))


# By itself


def test_it_opens_on_its_day_and_closes_when_the_day_of_answers_is_over(world: Asked) -> None:
    assert world.turn(make.TODAY - DAY) == "planned"
    assert world.turn(make.TODAY + DAY) == "open"
    assert world.turn(world.due) == "open"
    assert world.turn(world.due + DAY) == "in_review"
    assert world.turn(world.due + 400 * DAY) == "in_review"
    rows = world.round.history.order_by("history_id")
    assert [row.history_change_reason for row in rows][1:] == [
        "Kierroksen avauspäivä tuli",
        "Kierroksen vastauspäivä on ohi",
    ]
    assert {row.actor_name.text for row in rows[1:]} == {"Reporting calendar"}
    assert list(verify()) == []


def test_what_lay_before_a_city_began_is_no_debt(world: Asked) -> None:
    assert world.turn(world.due + 5 * DAY) == "planned"
    assert asked_of(world) == []


def test_opening_asks_once_of_each_plan_in_force(world: Asked) -> None:
    closed = make.plan(make.action_item(world.goal, world.unit), world.period)
    audited.change(closed, make.stamp(), status=Status.IN_PROGRESS.value)
    audited.change(closed, make.stamp(), status=Status.DISCONTINUED.value)
    waits = make.plan(make.action_item(world.goal, world.unit), world.earlier)
    make.plan(make.action_item(world.goal, world.unit), make.period(world.strategy, 2040, 2041))
    for _ in range(3):
        world.turn(make.TODAY)
    assert asked_of(world) == sorted([world.plan.pk, waits.pk])
    assert {row.said for row in StatusReport.objects.all()} == {"nothing"}


def test_a_plan_that_comes_during_the_round_is_asked_and_one_that_ends_stays(world: Asked) -> None:
    world.turn(make.TODAY)
    new = make.plan(make.action_item(world.goal, world.unit), world.period)
    audited.change(world.plan, make.stamp(), status=Status.IN_PROGRESS.value)
    audited.change(world.plan, make.stamp(), status=Status.DISCONTINUED.value)
    world.turn(make.TODAY + DAY)
    assert asked_of(world) == [world.plan.pk, new.pk]
    reason = StatusReport.objects.get(plan=new).history.get().history_change_reason
    assert reason == "Kysytty toimenpiteestä, joka tuli kierroksen aikana"


def test_what_is_over_is_left_alone(world: Asked) -> None:
    make.brought(world.round, "locked")
    assert world.turn(world.due + 20 * DAY) == "locked"
    assert asked_of(world) == []


# By the director


@pytest.mark.parametrize(("status", "name"), list(product(RoundStatus, SERVICES)))
def test_each_move_from_each_status_by_the_director(world: Asked, status: RoundStatus, name: str) -> None:
    make.brought(world.round, status)
    move = round_moves.BY_NAME[name]
    if move.source is not status:
        with pytest.raises(Invalid):
            world.act(name, world.director)
        assert ReportingRound.objects.get().status == status
        return
    assert world.act(name, world.director).status == move.target
    newest = world.round.history.latest("history_id")
    assert (newest.history_change_reason, newest.history_user) == ("Päätetty", world.director)
    assert bool(asked_of(world)) is (move.target in round_moves.ANSWERABLE)


@pytest.mark.parametrize("role", [None, Role.MANAGER, Role.CONTRIBUTOR, Role.VIEWER, Role.ADMIN])
def test_nobody_else_moves_a_round(world: Asked, role: Role | None) -> None:
    if role in {Role.MANAGER, Role.CONTRIBUTOR}:
        person = make.member(world.unit, role, user=make.user())
    else:
        person = make.official(world.municipality, role, user=make.user()) if role else make.user()
    with pytest.raises(Http404 if role is None else Forbidden):
        world.act("open", person)
    with pytest.raises(Http404):
        world.act("open", Asked().director)


def test_two_directors_at_once_move_it_once(world: Asked) -> None:
    make.brought(world.round, "in_review")
    seen = world.round.version
    world.act("lock", world.director, seen)
    with pytest.raises(Stale):
        world.act("lock", world.director, seen)
    assert ReportingRound.objects.get().status == "locked"


@contextmanager
def _failing_at(number: int) -> Iterator[list[str]]:
    """Let the statement of this number fail, as when the connection is lost; collect those that came before it."""
    seen: list[str] = []

    def run(execute: Any, sql: str, *args: Any) -> Any:
        seen.append(sql)
        if len(seen) == number:
            raise OperationalError("gone")
        return execute(sql, *args)

    with connection.execute_wrapper(run):
        yield seen


def _broken_at(number: int, world: Asked, name: str) -> list[str]:
    """Make a move, which fails at a statement if it has so many; return the statements up to there."""
    with _failing_at(number) as seen, suppress(OperationalError):
        world.act(name, world.director)
    return seen


def _everything() -> dict[str, list[Any]]:
    """Return every row of every table but of the names that an act may have recorded before it failed."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not RecordedName]
    return {model.__name__: list(QuerySet(model).order_by("pk").values_list()) for model in models}


@pytest.mark.parametrize("name", SERVICES)
def test_a_move_that_breaks_at_any_statement_leaves_nothing(world: Asked, name: str) -> None:
    make.brought(world.round, round_moves.BY_NAME[name].source)
    before = _everything()
    broken, seen = 0, _broken_at(1, world, name)
    while len(seen) > broken:
        broken += 1
        assert _everything() == before, seen[-1]
        seen = _broken_at(broken + 1, world, name)
    writes = [sql for sql in seen if sql.startswith(("INSERT", "UPDATE"))]
    assert len(writes) >= 2
    assert broken == len(seen)
    assert ReportingRound.objects.get().status == round_moves.BY_NAME[name].target


# In the database


def _run(sql: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@pytest.mark.parametrize(("old", "new"), list(product(RoundStatus, RoundStatus)))
def test_every_pair_of_statuses_by_raw_sql(world: Asked, old: RoundStatus, new: RoundStatus) -> None:
    sql = "UPDATE toimenpiteet_reportinground SET status = %s WHERE id = %s"
    with unguarded():
        _run(sql, old.value, world.round.pk)
    if old == new or (old, new) in round_moves.allowed_pairs():
        assert _run(sql, new.value, world.round.pk) == 1
    else:
        with pytest.raises(IntegrityError):
            _run(sql, new.value, world.round.pk)


@pytest.mark.parametrize("status", set(RoundStatus) - {RoundStatus.PLANNED})
def test_a_round_is_born_planned(world: Asked, status: RoundStatus) -> None:
    made = ReportingRound(
        strategy=world.strategy, kind="annual_report", year=2021, opens_on=make.TODAY, decided_on=make.TODAY,
        due_on=make.TODAY, status=status.value,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        audited.add(made, make.stamp())


def test_the_names_of_the_statuses_are_the_tables() -> None:
    assert [one.value for one in RoundStatus] == ReportingRound.Status.values


# From which round on


def test_a_round_before_the_day_from_which_rounds_count_opens_by_the_director_alone(world: Asked) -> None:
    audited.change(world.strategy, make.stamp(), rounds_from=world.due + DAY)
    assert world.turn(make.TODAY) == "planned"
    asked = ReportingRound.objects.get(pk=world.round.pk)
    assert units_asked(asked) == frozenset()
    assert rounds(access.scope_of(world.director, make.TODAY), make.TODAY) == Rounds({}, None)
    assert world.act("open", world.director).status == "open"
    assert asked_of(world) == [world.plan.pk]
    assert rounds(access.scope_of(world.director, make.TODAY), make.TODAY).opened_on == make.TODAY


def test_a_round_on_the_day_from_which_rounds_count_opens(world: Asked) -> None:
    audited.change(world.strategy, make.stamp(), rounds_from=world.due)
    assert world.turn(make.TODAY) == "open"

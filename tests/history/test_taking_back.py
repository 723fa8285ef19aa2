"""Taking a move back: by whom, for how long, while nothing else has happened (docs/domain.md, "Taking back")."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from bench.city.guards import remove, unguarded
from tests import make
from toimenpiteet import access
from toimenpiteet.models import (
    Actor,
    Door,
    Membership,
    PeriodPlan,
    PlanProject,
    PlanUnit,
    Project,
    ReportingRound,
    StatusChange,
    StatusReport,
    Step,
    User,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited
from toimenpiteet.services.errors import MoveRefused, Stale
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import BY_NAME, TAKE_BACK, TAKE_BACK_WITHIN, Refusal, Role, Status, allowed_pairs

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
# What brings a new plan to where each move can be made: by whom.
BEFORE: dict[str, tuple[tuple[str, str], ...]] = {
    "start": (),
    "pause": (("start", "manager"),),
    "resume": (("start", "manager"), ("pause", "manager")),
    "propose_completion": (("start", "manager"),),
    "withdraw": (("start", "manager"), ("propose_completion", "manager")),
    "approve": (("start", "manager"), ("propose_completion", "manager")),
    "send_back": (("start", "manager"), ("propose_completion", "manager")),
    "discontinue": (("start", "manager"), ("pause", "manager")),
    "carry_over": (("start", "manager"), ("pause", "manager")),
    "reopen": (("discontinue", "director"),),
}


class Moving(make.World):
    """A world with a later period, whose clock goes on by a minute with each act."""

    def __init__(self) -> None:
        super().__init__()
        self.later = make.period(self.strategy, 2031, 2035)
        self.now = make.NOW

    def act(self, name: str, who: User, *, minutes: float = 1, version: int | None = None) -> StatusChange:
        """Make a move, so many minutes after what was before."""
        self.now += minutes * MINUTE
        self.plan.refresh_from_db()
        return plans.move(
            self.plan.pk,
            name,
            scope=access.scope_of(who, make.TODAY),
            actor=Actor.person(who, Door.PAGE),
            now=self.now,
            version=self.plan.version if version is None else version,
            comment="" if name == TAKE_BACK else "Näin sovittiin.",
        )

    def made(self, name: str) -> tuple[StatusChange, User]:
        """Bring the plan to where `name` can be made, and make it; return the change and who made it."""
        for earlier, who in BEFORE[name]:
            self.act(earlier, getattr(self, who))
        person = self.manager if Role.MANAGER in BY_NAME[name].roles else self.director
        return self.act(name, person), person

    def refused(self, who: User, **more: Any) -> Refusal:
        """Try to take the last move back; return why it is refused, having seen that nothing was changed."""
        before = (
            PeriodPlan.objects.values_list("status", "version").get(pk=self.plan.pk),
            StatusChange.objects.count(),
        )
        with pytest.raises(MoveRefused) as refused:
            self.act(TAKE_BACK, who, **more)
        after = (PeriodPlan.objects.values_list("status", "version").get(pk=self.plan.pk), StatusChange.objects.count())
        assert before == after
        assert str(refused.value.message)
        return refused.value.refusal


@pytest.fixture
def world() -> Moving:
    return Moving()


@pytest.mark.parametrize("name", BEFORE)
def test_every_move_can_be_taken_back_and_both_stay_on_the_record(world: Moving, name: str) -> None:
    done, person = world.made(name)
    back = world.act(TAKE_BACK, person, minutes=14)
    world.plan.refresh_from_db()
    assert (world.plan.status, back.from_status, back.to_status) == (
        done.from_status,
        done.to_status,
        done.from_status,
    )
    assert (back.move, back.undoes, back.plan_version) == (TAKE_BACK, done, done.plan_version + 1)
    assert (back.actor, back.at, world.plan.version) == (person, world.now, back.plan_version)
    assert world.plan.history.first().history_change_reason == "Kumottu"
    assert list(StatusChange.objects.filter(plan=world.plan)[len(BEFORE[name]) :]) == [done, back]
    assert list(integrity.verify()) == []
    assert mail.outbox == []


def test_it_is_taken_back_once_and_the_taking_back_itself_never(world: Moving) -> None:
    world.act("start", world.manager)
    world.act("pause", world.manager)
    world.act(TAKE_BACK, world.manager)
    # Neither the taking back nor the move before it: something has happened since that one.
    assert world.refused(world.manager) is Refusal.NOTHING_TO_TAKE_BACK
    world.act("pause", world.manager)
    assert world.act(TAKE_BACK, world.manager).to_status == Status.IN_PROGRESS


def test_a_plan_that_was_never_moved_has_nothing_to_take_back(world: Moving) -> None:
    assert world.refused(world.director) is Refusal.NOTHING_TO_TAKE_BACK


@pytest.mark.parametrize(("minutes", "refused"), [(15, False), (15.01, True), (60 * 24, True)])
def test_for_fifteen_minutes(world: Moving, minutes: float, refused: bool) -> None:
    assert timedelta(minutes=15) == TAKE_BACK_WITHIN
    world.act("start", world.manager)
    if refused:
        assert world.refused(world.manager, minutes=minutes) is Refusal.TOO_LATE
    else:
        world.act(TAKE_BACK, world.manager, minutes=minutes)


def test_never_by_somebody_else(world: Moving) -> None:
    world.act("start", world.manager)
    assert world.refused(world.director) is Refusal.NOT_YOURS
    assert world.refused(make.member(world.unit)) is Refusal.NOT_YOURS
    with pytest.raises(Http404):
        world.act(TAKE_BACK, make.World().manager)
    assert world.act(TAKE_BACK, world.manager)


def test_what_a_program_moved_nobody_takes_back(world: Moving) -> None:
    audited.change(world.plan, make.stamp(), status="in_progress")
    _row(world.plan, "start", "not_started", "in_progress", actor=None)
    assert world.refused(world.director) is Refusal.NOT_YOURS


@pytest.mark.parametrize("role", ["manager", "director"])
def test_not_by_who_has_lost_the_role(world: Moving, role: str) -> None:
    world.made("approve" if role == "director" else "pause")
    person = getattr(world, role)
    held = person.memberships.get() if role == "manager" else person.municipality_roles.get()
    make.official(world.municipality, Role.VIEWER, user=person)
    audited.change(held, make.stamp(), valid_until=make.TODAY - timedelta(days=1))
    assert world.refused(person) is Refusal.LOST_ROLE
    assert Membership.objects.filter(user=world.manager).count() == 1


def test_who_saw_an_older_version_is_told(world: Moving) -> None:
    world.act("start", world.manager)
    with pytest.raises(Stale):
        world.act(TAKE_BACK, world.manager, version=1)


def test_what_was_taken_back_is_no_sign_of_life(world: Moving) -> None:
    def sign() -> datetime | None:
        return PeriodPlan.objects.get(pk=world.plan.pk).last_sign_at

    world.act("start", world.manager)
    first = sign()
    assert first == world.now
    world.act("pause", world.manager)
    assert sign() == world.now
    world.act(TAKE_BACK, world.manager)
    assert sign() == first
    assert list(integrity.verify()) == []


# Nothing else has happened to the plan


def _step_added(world: Moving, stamp: Any) -> None:
    audited.add(Step(plan=world.plan, key="uusi", text_fi="Uusi"), stamp)


def _commented(world: Moving, stamp: Any) -> None:
    plans.comment_on(
        world.plan.pk,
        "Hei",
        scope=access.scope_of(world.manager, make.TODAY),
        actor=stamp.actor,
        now=stamp.at,
    )


def _edited(world: Moving, stamp: Any) -> None:
    audited.change(PeriodPlan.objects.get(pk=world.plan.pk), stamp, text_fi="Toinen teksti")


def _unit_added(world: Moving, stamp: Any) -> None:
    audited.add(PlanUnit(plan=world.plan, unit=make.unit(world.municipality), order=1), stamp)


def _project_added(world: Moving, stamp: Any) -> None:
    project = audited.add(Project(municipality=world.municipality, key="p", name_fi="Hanke"), stamp)
    audited.add(PlanProject(plan=world.plan, project=project), stamp)


@pytest.mark.parametrize(
    "event", [_step_added, _commented, _edited, _unit_added, _project_added], ids=lambda event: event.__name__
)
def test_not_after_anything_else_that_happened_to_the_plan(world: Moving, event: Callable[..., None]) -> None:
    world.act("start", world.manager)
    event(world, _stamp(world, world.now + MINUTE / 2))
    assert world.refused(world.manager) is Refusal.CHANGED_SINCE


def test_what_happened_before_the_move_or_to_another_plan_does_not_count(world: Moving) -> None:
    _commented(world, _stamp(world, world.now))
    world.act("start", world.manager)
    other = make.plan(world.item, world.earlier)
    audited.change(other, _stamp(world, world.now + MINUTE / 2), text_fi="Muuta")
    assert world.act(TAKE_BACK, world.manager)


def _stamp(world: Moving, at: datetime) -> Any:
    return audited.stamp(Actor.person(world.manager, Door.PAGE), "Muutos", at)


def _round(world: Moving, at: datetime) -> ReportingRound:
    values = {"opens_on": make.TODAY, "decided_on": make.TODAY, "due_on": make.TODAY}
    made = ReportingRound(strategy=world.strategy, kind="budget", year=2021, **values)
    return make.brought(audited.add(made, make.stamp(at=at)), "in_review", at)


def test_not_after_an_answer(world: Moving) -> None:
    asked = _round(world, make.NOW)
    report = audited.add(StatusReport(round=asked, plan=world.plan), make.stamp())
    world.act("start", world.manager)
    audited.change(report, make.stamp(at=world.now + MINUTE / 2), text="Etenee")
    assert world.refused(world.manager) is Refusal.CHANGED_SINCE


@pytest.mark.parametrize("status", ["locked", "published"])
def test_not_after_the_lock_of_a_round_that_counts_the_move(world: Moving, status: str) -> None:
    asked = _round(world, make.NOW)
    world.act("start", world.manager)
    make.brought(asked, status, world.now + MINUTE / 2)
    assert world.refused(world.manager) is Refusal.ROUND_LOCKED


def test_a_round_locked_before_the_move_or_of_another_strategy_does_not_count(world: Moving) -> None:
    earlier, other = _round(world, make.NOW), _round(Moving(), make.NOW)
    make.brought(earlier, "locked")
    world.act("start", world.manager)
    make.brought(earlier, "published", world.now + MINUTE / 2)
    make.brought(other, "locked", world.now + MINUTE / 2)
    assert world.act(TAKE_BACK, world.manager)


# Carrying over


def test_the_plan_that_a_carrying_over_made_is_removed_on_record(world: Moving) -> None:
    make.step(world.plan, text_fi="Kesken")
    done, director = world.made("carry_over")
    later = PeriodPlan.objects.get(item=world.item, period=world.later)
    assert done.made_plan_id == later.pk
    assert later.steps.count() == later.unit_links.count() == 1
    pk = later.pk
    world.act(TAKE_BACK, director)
    assert not PeriodPlan.objects.filter(pk=pk).exists()
    for model, column in ((PeriodPlan, "id"), (Step, "plan_id"), (PlanUnit, "plan_id")):
        last = model.history.filter(**{column: pk}).order_by("history_id").last()
        assert (last.history_type, last.history_user_id, last.history_change_reason) == ("-", director.pk, "Kumottu")
    assert list(integrity.verify()) == []
    # And the whole again: nothing of the first try stands in its way.
    world.act("carry_over", director)
    assert PeriodPlan.objects.filter(item=world.item, period=world.later).count() == 1


def test_a_plan_of_the_later_period_that_was_there_before_stays(world: Moving) -> None:
    later = make.plan(world.item, world.later)
    done, director = world.made("carry_over")
    assert done.made_plan_id is None
    audited.change(later, _stamp(world, world.now + MINUTE / 2), text_fi="Muuta")
    world.act(TAKE_BACK, director)
    assert PeriodPlan.objects.filter(pk=later.pk).exists()


@pytest.mark.parametrize("event", [_step_added, _commented, _edited, _unit_added], ids=lambda event: event.__name__)
def test_not_once_the_new_plan_has_an_event_of_its_own(world: Moving, event: Callable[..., None]) -> None:
    _done, director = world.made("carry_over")
    world.plan, old = PeriodPlan.objects.get(item=world.item, period=world.later), world.plan
    event(world, _stamp(world, world.now + MINUTE / 2))
    world.plan = old
    assert world.refused(director) is Refusal.LATER_PLAN_USED
    assert PeriodPlan.objects.filter(item=world.item, period=world.later).exists()


# What the database lets through


def _row(plan: PeriodPlan, move: str, source: str, target: str, **more: Any) -> StatusChange:
    plan.refresh_from_db()
    values = {
        "at": make.NOW,
        "actor_name": make.name("Maija Mallikas"),
        "door": "page",
        "plan_version": plan.version,
    } | more
    return StatusChange.objects.create(plan=plan, move=move, from_status=source, to_status=target, **values)


def _run(sql: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _put(world: Moving, old: Status, new: Status) -> StatusChange:
    """Bring the plan from `old` to `new` by a move at version 5, whatever the workflow says."""
    with unguarded():
        _run("UPDATE toimenpiteet_periodplan SET status = %s, version = 5 WHERE id = %s", new.value, world.plan.pk)
        return _row(world.plan, "start", old.value, new.value, actor=world.manager)


def _undo(world: Moving, done: StatusChange, source: str, target: str, **more: Any) -> StatusChange:
    values = {"actor": world.manager, "undoes": done, "plan_version": 6} | more
    with transaction.atomic():
        return _row(world.plan, TAKE_BACK, source, target, **values)


_SET = "UPDATE toimenpiteet_periodplan SET status = %s, version = %s WHERE id = %s"


@pytest.mark.parametrize(("old", "new"), [pair for pair in product(Status, Status) if pair[0] != pair[1]])
def test_a_reverse_pair_passes_only_beside_its_row(world: Moving, old: Status, new: Status) -> None:
    done = _put(world, old, new)
    if (new, old) not in allowed_pairs():
        for version in (5, 6, 7):
            with pytest.raises(IntegrityError):
                _run(_SET, old.value, version, world.plan.pk)
    _undo(world, done, new, old)
    for status, version in product(Status, (4, 5, 6, 7)):
        if status != new and (new, status) not in allowed_pairs() and (status, version) != (old, 6):
            with pytest.raises(IntegrityError):
                _run(_SET, status.value, version, world.plan.pk)
    assert _run(_SET, old.value, 6, world.plan.pk) == 1


@pytest.mark.parametrize(("source", "target"), list(product(Status, Status)))
def test_a_row_that_takes_back_has_the_pair_reversed(world: Moving, source: Status, target: Status) -> None:
    done = _put(world, Status.AWAITING_APPROVAL, Status.COMPLETED)
    if (source, target) == (Status.COMPLETED, Status.AWAITING_APPROVAL):
        assert _undo(world, done, source, target).undoes == done
    else:
        with pytest.raises(IntegrityError):
            _undo(world, done, source, target)


@pytest.mark.parametrize("version", [0, 1, 4, 5, 7, 8])
def test_a_row_that_takes_back_is_of_the_very_next_version(world: Moving, version: int) -> None:
    done = _put(world, Status.NOT_STARTED, Status.IN_PROGRESS)
    with pytest.raises(IntegrityError):
        _undo(world, done, "in_progress", "not_started", plan_version=version)


def test_a_row_that_takes_back_names_the_last_move_of_its_own_plan(world: Moving) -> None:
    done, other = _put(world, Status.NOT_STARTED, Status.IN_PROGRESS), Moving()
    theirs = _put(other, Status.NOT_STARTED, Status.IN_PROGRESS)
    for wrong in ({"undoes": None}, {"undoes": theirs}, {"actor": world.director}, {"actor": None}, {"move": "start"}):
        values: dict[str, Any] = {"move": TAKE_BACK, "actor": world.manager, "undoes": done, "plan_version": 6} | wrong
        with pytest.raises(IntegrityError), transaction.atomic():
            _row(world.plan, source="in_progress", target="not_started", **values)
    back = _undo(world, done, "in_progress", "not_started")
    _run(_SET, "not_started", 6, world.plan.pk)
    for again in (done, back):
        for version in (6, 7):
            with pytest.raises(IntegrityError):
                _undo(world, again, "in_progress", "not_started", plan_version=version)
            with pytest.raises(IntegrityError):
                _undo(world, again, "not_started", "in_progress", plan_version=version)


def test_no_detour_opens(world: Moving) -> None:
    done = _put(world, Status.NOT_STARTED, Status.IN_PROGRESS)
    with pytest.raises(IntegrityError):
        _undo(world, done, "in_progress", "completed")
    _undo(world, done, "in_progress", "not_started")
    for version in (5, 6, 7):
        with pytest.raises(IntegrityError):
            _run(_SET, "completed", version, world.plan.pk)
    assert _run(_SET, "not_started", 6, world.plan.pk) == 1
    # The row has done its work: it opens nothing afterwards.
    assert _run(_SET, "in_progress", 7, world.plan.pk) == 1
    for version in (6, 7, 8):
        with pytest.raises(IntegrityError):
            _run(_SET, "not_started", version, world.plan.pk)


# verify_history


@pytest.fixture
def behind(world: Moving) -> Callable[..., None]:
    def run(sql: str, *values: Any) -> None:
        remove(connection)
        assert _run(sql, *values) == 1

    return run


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", "director"),
        ("actor_id", None),
        ("at", make.NOW + timedelta(hours=3)),
        ("at", make.NOW - timedelta(hours=3)),
        ("to_status", "completed"),
        ("plan_version", 9),
        ("undoes_id", "first"),
    ],
)
def test_verify_history_finds_a_forged_taking_back(
    world: Moving, behind: Callable[..., None], column: str, value: Any
) -> None:
    first = world.act("start", world.manager)
    world.act("pause", world.manager)
    back = world.act(TAKE_BACK, world.manager)
    assert list(integrity.verify()) == []
    given = {"director": world.director.pk, "first": first.pk}.get(value, value)
    behind(f"UPDATE toimenpiteet_statuschange SET {column} = %s WHERE id = %s", given, back.pk)
    assert ("StatusChange", back.pk) in {(finding.model, finding.pk) for finding in integrity.verify()}

"""What the database refuses by itself, whoever asks: tried on the database in use."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from bench.city.guards import unguarded
from tests import make
from toimenpiteet.models import PeriodPlan, StatusChange, UnauditedChange, Unit, guards
from toimenpiteet.services import audited
from toimenpiteet.workflow import INITIAL, Status, allowed_pairs

pytestmark = pytest.mark.django_db


def _run(sql: str, *values: Any) -> int:
    """Run raw SQL in a savepoint of its own; return the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@pytest.fixture
def world() -> make.World:
    return make.World()


@pytest.fixture
def without_guards() -> Iterator[None]:
    with unguarded():
        yield


def _put(plan: PeriodPlan, status: Status) -> None:
    with unguarded():
        _run("UPDATE toimenpiteet_periodplan SET status = %s WHERE id = %s", status.value, plan.pk)
    plan.refresh_from_db()


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_every_pair_of_statuses_by_raw_sql(world: make.World, old: Status, new: Status) -> None:
    _put(world.plan, old)
    sql = "UPDATE toimenpiteet_periodplan SET status = %s WHERE id = %s"
    if old == new or (old, new) in allowed_pairs():
        assert _run(sql, new.value, world.plan.pk) == 1
    else:
        with pytest.raises(IntegrityError):
            _run(sql, new.value, world.plan.pk)


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_every_pair_of_statuses_by_the_recorder(world: make.World, old: Status, new: Status) -> None:
    _put(world.plan, old)
    before = world.plan.history.count()
    if (old, new) in allowed_pairs():
        assert audited.change(world.plan, make.stamp(), status=new.value) == ["status"]
    elif old == new:
        assert audited.change(world.plan, make.stamp(), status=new.value) == []
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            audited.change(world.plan, make.stamp(), status=new.value)
        world.plan.refresh_from_db()
        assert (world.plan.status, world.plan.history.count()) == (old, before)


@pytest.mark.parametrize("status", ["", "valmis", "NOT_STARTED", "overdue"])
def test_a_status_that_does_not_exist(world: make.World, status: str) -> None:
    with pytest.raises(IntegrityError):
        _run("UPDATE toimenpiteet_periodplan SET status = %s WHERE id = %s", status, world.plan.pk)


@pytest.mark.parametrize("status", [status for status in Status if status != INITIAL])
def test_a_plan_is_born_not_started(world: make.World, status: Status) -> None:
    born = PeriodPlan(
        municipality=world.municipality,
        item=world.item,
        period=world.earlier,
        key="2020",
        status=status.value,
        next_deadline_on=make.TODAY,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        audited.add(born, make.stamp())
    assert not PeriodPlan.objects.filter(period=world.earlier).exists()
    assert not PeriodPlan.history.filter(period=world.earlier).exists()


def test_a_new_status_cannot_be_slipped_in_by_a_whole_row_update(world: make.World) -> None:
    with pytest.raises(IntegrityError):
        _run(
            "UPDATE toimenpiteet_periodplan SET status = %s, version = version + 1 WHERE id = %s",
            "completed",
            world.plan.pk,
        )


@pytest.mark.parametrize("table", guards.append_only_tables())
def test_every_append_only_table_is_guarded(table: str) -> None:
    # The table is empty or not; what counts is that its triggers stand.
    guarded = [name for name, owner in guards.existing(connection) if owner == table]
    own = 1 if table == guards.CHANGES else 0
    assert len(guarded) == own + (2 if connection.vendor == "sqlite" else 1)


def test_every_tracked_model_has_its_history_table_guarded() -> None:
    from django.apps import apps

    from toimenpiteet.models import Audited

    tracked = [model for model in apps.get_models() if issubclass(model, Audited)]
    assert len(tracked) > 30
    for model in tracked:
        assert model.history.model._meta.db_table in guards.append_only_tables()


def test_history_is_neither_changed_nor_deleted(world: make.World) -> None:
    rows = world.unit.history.all()
    assert rows.count() == 1
    for attempt in (
        lambda: _run("UPDATE toimenpiteet_historicalunit SET door = 'api' WHERE id = %s", world.unit.pk),
        lambda: _run("DELETE FROM toimenpiteet_historicalunit WHERE id = %s", world.unit.pk),
        lambda: rows.update(actor_name=make.name("Joku Muu")),
        rows.delete,
        lambda: rows.get().delete(),
        lambda: rows.get().save(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert rows.get().actor_name.text == "testit"


def _status_change(world: make.World) -> StatusChange:
    audited.change(world.plan, make.stamp(), status="in_progress")
    return StatusChange.objects.create(
        plan=world.plan,
        move="start",
        from_status="not_started",
        to_status="in_progress",
        at=make.NOW,
        actor_name=make.name("Maija Mallikas"),
        door="page",
        plan_version=world.plan.version,
    )


def test_a_status_change_is_neither_changed_nor_deleted(world: make.World) -> None:
    change = _status_change(world)
    change.actor_name = make.name("Joku Muu")
    for attempt in (
        lambda: _run("UPDATE toimenpiteet_statuschange SET comment = 'muuta' WHERE id = %s", change.pk),
        lambda: _run("DELETE FROM toimenpiteet_statuschange WHERE id = %s", change.pk),
        lambda: QuerySet(StatusChange).update(comment="muuta"),
        lambda: QuerySet(StatusChange).all().delete(),
        change.save,
        lambda: StatusChange.objects.get(pk=change.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert StatusChange.objects.get().actor_name.text == "Maija Mallikas"


def test_the_managers_of_status_changes_refuse_before_the_database_does(world: make.World) -> None:
    _status_change(world)
    rows = StatusChange.objects.all()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: rows.update(comment="muuta"),
        rows.delete,
        lambda: rows.bulk_update([], ["comment"]),
        lambda: world.plan.status_changes.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises(UnauditedChange):
            attempt()


@pytest.mark.parametrize(
    "values",
    [{"actor_name": None}, {"to_status": "valmis"}, {"from_status": "valmis"}],
)
def test_a_status_change_without_who_or_what_is_refused(world: make.World, values: dict[str, Any]) -> None:
    whole = {"from_status": "not_started", "to_status": "in_progress", "actor_name": make.name("Maija Mallikas")}
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChange.objects.create(
            plan=world.plan, move="start", at=make.NOW, door="page", plan_version=7, **(whole | values)
        )


def test_one_status_change_to_a_version(world: make.World) -> None:
    change = _status_change(world)
    change.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        change.save(force_insert=True)


def test_installing_again_changes_nothing() -> None:
    before = sorted(guards.existing(connection))
    guards.install(connection)
    assert sorted(guards.existing(connection)) == before


@pytest.mark.usefixtures("without_guards")
def test_the_guards_are_what_refuses(world: make.World) -> None:
    assert _run("UPDATE toimenpiteet_periodplan SET status = 'completed' WHERE id = %s", world.plan.pk) == 1
    assert _run("UPDATE toimenpiteet_historicalunit SET door = 'api' WHERE id = %s", world.unit.pk) == 1


def test_the_database_refuses_what_the_models_say_is_impossible(world: make.World) -> None:
    for sql, pk in (
        ("UPDATE toimenpiteet_periodplan SET due_on = '2021-06-30' WHERE id = %s", world.plan.pk),
        ("UPDATE toimenpiteet_planperiod SET end_year = 1990 WHERE id = %s", world.period.pk),
        ("UPDATE toimenpiteet_unit SET member_kind = 'service_area' WHERE id = %s", world.unit.pk),
        (
            "UPDATE toimenpiteet_unit SET valid_from = '2021-02-01', valid_until = '2021-01-31' WHERE id = %s",
            world.unit.pk,
        ),
        ("UPDATE toimenpiteet_membership SET role = 'admin' WHERE user_id = %s", world.manager.pk),
        ("UPDATE toimenpiteet_municipalityrole SET role = 'manager' WHERE user_id = %s", world.director.pk),
    ):
        with pytest.raises(IntegrityError):
            _run(sql, pk)


def test_what_is_depended_on_cannot_be_deleted_by_raw_sql(world: make.World) -> None:
    def attempt() -> None:
        _run("DELETE FROM toimenpiteet_unit WHERE id = %s", world.unit.pk)
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        attempt()
    assert Unit.objects.filter(pk=world.unit.pk).exists()

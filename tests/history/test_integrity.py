"""verify_history: change rows behind the record's back and see that it names them."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from bench.city.guards import remove
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, IndicatorTarget, StatusChange, UnitAlias, User
from toimenpiteet.selectors.history import integrity
from toimenpiteet.selectors.history.stream import tracked_models
from toimenpiteet.services import audited
from toimenpiteet.services.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    """Return a world in which things have happened."""
    made = make.World()
    make.step(made.plan, due_on=make.TODAY, due_precision="day")
    for name in ("start", "pause"):
        made.plan.refresh_from_db()
        plans.move(
            made.plan.pk,
            name,
            scope=access.scope_of(made.manager, make.TODAY),
            actor=Actor.person(made.manager, Door.PAGE),
            now=make.NOW,
            version=made.plan.version,
            comment="Näin sovittiin.",
        )
    alias = audited.add(UnitAlias(unit=made.unit, text="tietohall."), make.stamp())
    audited.change(alias, make.stamp(), text="tietohallintoyksikkö")
    audited.remove(audited.add(UnitAlias(unit=made.unit, text="tiha"), make.stamp()), make.stamp())
    return made


@pytest.fixture
def round_the_back() -> Callable[..., None]:
    """Return a way to run SQL that the database's guards would refuse."""
    remove(connection)

    def run(sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            assert cursor.rowcount == 1, sql

    return run


def _found() -> list[tuple[str, int, str]]:
    return [(finding.model, finding.pk, finding.field) for finding in integrity.verify()]


def _output(*arguments: str) -> tuple[str, bool]:
    out = StringIO()
    try:
        call_command("verify_history", *arguments, stdout=out)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


def test_an_honest_record_explains_every_row(world: make.World) -> None:
    text, fine = _output()
    assert fine
    assert "explains every row" in text
    text, fine = _output("--json")
    assert fine
    assert json.loads(text) == {"ok": True, "findings": []}


def test_an_empty_database_is_fine() -> None:
    assert _found() == []


def test_the_finding_names_row_field_both_values_and_cure(world: make.World, round_the_back: Any) -> None:
    round_the_back("UPDATE toimenpiteet_unit SET email = 'muu@mallila.example' WHERE id = %s", world.unit.pk)
    text, fine = _output()
    assert not fine
    for part in (f"Unit {world.unit.pk}, email", "muu@mallila.example", world.unit.email, "Find out who"):
        assert part in text
    (finding,) = json.loads(_output("--json")[0])["findings"]
    assert (finding["model"], finding["pk"], finding["field"]) == ("Unit", world.unit.pk, "email")
    assert (finding["live"], finding["recorded"]) == ("muu@mallila.example", world.unit.email)
    assert finding["cure"]


@pytest.mark.parametrize(
    ("table", "model", "column", "value"),
    [
        ("unit", "unit", "name_sv", "Dataförvaltning"),
        ("unit", "unit", "name_fi", "Muu"),
        ("unit", "unit", "version", 9),
        ("unit", "unit", "parent_id", None),
        ("unit", "unit", "valid_until", "2022-01-01"),
        ("goal", "goal", "doubt", "epäselvä"),
        ("periodplan", "plan", "text_en", "Roadmap"),
        ("strategy", "strategy", "published", False),
        ("theme", "theme", "kind_fi", "helmi"),
        ("actionitem", "item", "lead_stated", True),
    ],
)
def test_any_tracked_column(
    world: make.World, round_the_back: Any, table: str, model: str, column: str, value: object
) -> None:
    if column == "parent_id":
        value = make.unit(world.municipality).pk
    row = getattr(world, model)
    round_the_back(f"UPDATE toimenpiteet_{table} SET {column} = %s WHERE id = %s", value, row.pk)
    expected = {(type(row).__name__, row.pk, column)}
    if column == "name_fi":
        expected.add(("Unit", row.pk, "name"))
    if column == "kind_fi":
        expected.add(("Theme", row.pk, "kind"))
    assert set(_found()) == expected


def test_every_column_of_every_tracked_model_is_covered() -> None:
    # Whatever is neither compared with history nor derived by a rule checked here would escape the command.
    elsewhere = {
        "PeriodPlan": {"next_deadline_on", "last_sign_at"},
        # Compared with the recorded name and address; the rest is no history (models.User.untracked).
        "User": {"name", "email"} | User.untracked,
    }
    for model in tracked_models():
        compared = {field.attname for field in model.history.model.tracked_fields}
        mirrors = {
            original.name
            for field in model._meta.concrete_fields
            if (original := getattr(field, "translated_field", None))
        }
        columns = {field.attname for field in model._meta.concrete_fields}
        assert columns == compared | mirrors | elsewhere.get(model.__name__, set())


def test_a_mirror_that_drifted(world: make.World, round_the_back: Any) -> None:
    round_the_back("UPDATE toimenpiteet_unit SET name = 'Vanha nimi' WHERE id = %s", world.unit.pk)
    assert _found() == [("Unit", world.unit.pk, "name")]


def test_a_row_without_history(world: make.World, round_the_back: Any) -> None:
    round_the_back(
        "INSERT INTO toimenpiteet_unitalias (unit_id, text, version) VALUES (%s, 'tietohallint', 1)", world.unit.pk
    )
    pk = UnitAlias.objects.get(text="tietohallint").pk
    assert _found() == [("UnitAlias", pk, "")]


def test_a_row_that_vanished(world: make.World, round_the_back: Any) -> None:
    pk = UnitAlias.objects.get().pk
    round_the_back("DELETE FROM toimenpiteet_unitalias WHERE id = %s", pk)
    assert _found() == [("UnitAlias", pk, "")]
    assert "no row" in _output()[0]


def test_a_row_that_came_back(world: make.World, round_the_back: Any) -> None:
    gone = UnitAlias.history.get(history_type="-").id
    round_the_back(
        "INSERT INTO toimenpiteet_unitalias (id, unit_id, text, version) VALUES (%s, %s, 'tiha', 2)",
        gone,
        world.unit.pk,
    )
    assert _found() == [("UnitAlias", gone, "")]


def test_a_live_row_between_others_is_not_confused_with_them(world: make.World, round_the_back: Any) -> None:
    many = [audited.add(UnitAlias(unit=world.unit, text=f"muoto {n}"), make.stamp()) for n in range(5)]
    round_the_back("DELETE FROM toimenpiteet_unitalias WHERE id = %s", many[1].pk)
    round_the_back("UPDATE toimenpiteet_unitalias SET text = 'muu' WHERE id = %s", many[3].pk)
    assert _found() == [("UnitAlias", many[1].pk, ""), ("UnitAlias", many[3].pk, "text")]


@pytest.mark.parametrize("column", ["door", "history_change_reason"])
def test_history_without_by_which_door_or_why(world: make.World, round_the_back: Any, column: str) -> None:
    row = world.unit.history.get()
    round_the_back(f"UPDATE toimenpiteet_historicalunit SET {column} = '' WHERE history_id = %s", row.pk)
    name = "reason" if column == "history_change_reason" else column
    assert _found() == [("HistoricalUnit", row.pk, name)]


def test_history_under_the_name_of_another_than_who_acted(world: make.World, round_the_back: Any) -> None:
    row, other = world.unit.history.get(), make.name("Aino Esimerkki", person=world.director.pk)
    round_the_back("UPDATE toimenpiteet_historicalunit SET actor_name_id = %s WHERE history_id = %s", other.pk, row.pk)
    assert _found() == [("HistoricalUnit", row.pk, "actor_name")]


def test_history_whose_versions_do_not_rise(world: make.World, round_the_back: Any) -> None:
    alias = UnitAlias.objects.get()
    newest = alias.history.order_by("history_id").last()
    round_the_back("UPDATE toimenpiteet_historicalunitalias SET version = 1 WHERE history_id = %s", newest.pk)
    assert ("HistoricalUnitAlias", newest.pk, "version") in _found()


def test_a_status_without_its_move(world: make.World, round_the_back: Any) -> None:
    round_the_back("UPDATE toimenpiteet_periodplan SET status = 'completed' WHERE id = %s", world.plan.pk)
    assert set(_found()) == {("PeriodPlan", world.plan.pk, "status")}
    assert "on_hold, by its moves" in _output()[0]


def test_a_status_changed_through_the_recorder_alone(world: make.World) -> None:
    # The table allows the pair and history has it; the move itself is missing.
    plan = type(world.plan).objects.get(pk=world.plan.pk)
    audited.change(plan, make.stamp(), status="in_progress")
    assert _found() == [("PeriodPlan", plan.pk, "status")]


@pytest.mark.parametrize(
    ("column", "value", "fields"),
    [
        ("from_status", "on_hold", {"from_status", "move"}),
        ("to_status", "completed", {"move", "from_status"}),
        ("move", "approve", {"move"}),
        ("plan_version", 77, {"plan_version", "from_status", "status"}),
    ],
)
def test_a_move_that_does_not_fit(
    world: make.World, round_the_back: Any, column: str, value: object, fields: set[str]
) -> None:
    first = StatusChange.objects.filter(plan=world.plan).order_by("plan_version")[0]
    round_the_back(f"UPDATE toimenpiteet_statuschange SET {column} = %s WHERE id = %s", value, first.pk)
    found = _found()
    assert {field for _, _, field in found} == fields
    assert ("StatusChange", first.pk) in {(model, pk) for model, pk, _ in found}


def test_a_move_that_was_taken_out(world: make.World, round_the_back: Any) -> None:
    last = StatusChange.objects.filter(plan=world.plan).order_by("plan_version")[1]
    round_the_back("DELETE FROM toimenpiteet_statuschange WHERE id = %s", last.pk)
    assert _found() == [("PeriodPlan", world.plan.pk, "status")]


def test_a_derived_deadline_that_is_not_derived(world: make.World, round_the_back: Any) -> None:
    round_the_back("UPDATE toimenpiteet_periodplan SET next_deadline_on = '2030-01-01' WHERE id = %s", world.plan.pk)
    assert _found() == [("PeriodPlan", world.plan.pk, "next_deadline_on")]
    assert "2021, 3, 15" in _output()[0]


def test_a_plan_for_which_nobody_is_responsible(world: make.World) -> None:
    link = world.plan.unit_links.get()
    audited.remove(link, make.stamp())
    assert _found() == [("PeriodPlan", world.plan.pk, "units")]


def test_figures_compare_as_numbers(world: make.World) -> None:
    from decimal import Decimal

    from toimenpiteet.models import Indicator

    indicator = audited.add(Indicator(strategy=world.strategy, key="mittari", name_fi="Väkiluku"), make.stamp())
    audited.add(
        IndicatorTarget(indicator=indicator, key="t", operator="ge", value=Decimal("120000.5"), standing="agreed"),
        make.stamp(),
    )
    assert _found() == []


def test_the_number_of_queries_does_not_grow_with_the_rows(world: make.World, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        assert _found() == []
    for number in range(30):
        make.unit(world.municipality, name=f"Yksikkö {number}")
    with django_assert_num_queries(len(few)):
        assert _found() == []

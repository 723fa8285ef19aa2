"""Statements that are compiled once: new values each time, nothing left over from the time before."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from toimenpiteet.models import Unit
from toimenpiteet.models.reading import GIVEN, Statement, columns_of

COLUMNS = ["name_fi", "pk", "municipality_id", "valid_from"]


def _statement() -> Statement:
    return Statement(lambda: Unit.objects.filter(municipality__among=GIVEN).order_by("pk"), COLUMNS)


def _tuples(rows: Iterable[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows]


def test_each_run_takes_its_own_values_and_any_number_of_them(db: None) -> None:
    statement = _statement()
    first, second = make.municipality(), make.municipality()
    here = make.unit(first, "Täällä", valid_from=make.TODAY)
    there = make.unit(second, "Tuolla")
    expected = [("Täällä", here.pk, first.pk, make.TODAY), ("Tuolla", there.pk, second.pk, None)]
    assert _tuples(statement.rows(given=[first.pk])) == expected[:1]
    assert _tuples(statement.rows(given=[second.pk])) == expected[1:]
    assert _tuples(statement.rows(given=[first.pk, second.pk, 99])) == expected
    assert _tuples(statement.rows(given=[])) == []


def test_it_is_built_once_for_each_set_of_arguments(db: None) -> None:
    built: list[str] = []

    def build(kind: str) -> Any:
        built.append(kind)
        return Unit.objects.filter(kind=kind)

    statement = Statement(build, ["pk"])
    owner = make.municipality()
    unit, body = make.unit(owner), make.unit(owner, kind="body")
    for _ in range(3):
        assert _tuples(statement.rows("unit")) == [(unit.pk,)]
        assert _tuples(statement.rows("body")) == [(body.pk,)]
    assert built == ["unit", "body"]


def test_what_is_empty_by_itself_is_not_asked_for(db: None) -> None:
    statement = Statement(lambda: Unit.objects.filter(pk__in=[]), ["pk"], "SELECT COUNT(*) FROM ({}) AS counted")
    with CaptureQueriesContext(connection) as seen:
        assert _tuples(statement.rows()) == []
    assert len(seen) == 0


def test_a_statement_may_stand_inside_another(db: None) -> None:
    owner = make.municipality()
    make.unit(owner), make.unit(owner)
    counted = Statement(Unit.objects.all, ["pk"], "SELECT COUNT(*) FROM ({}) AS counted")
    assert _tuples(counted.rows()) == [(2,)]


def test_statements_are_seen_in_the_log_of_queries(db: None) -> None:
    with CaptureQueriesContext(connection) as seen:
        list(_statement().rows(given=[1]))
    assert ["toimenpiteet_unit" in query["sql"] for query in seen.captured_queries] == [True]


def test_columns_come_in_the_order_asked_for_whatever_the_language(db: None) -> None:
    unit = make.unit(make.municipality(), "Nimi")
    assert list(columns_of(Unit.objects.all(), COLUMNS)) == [("Nimi", unit.pk, unit.municipality_id, None)]

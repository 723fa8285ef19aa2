"""The past, read by the selectors of today: every tracked table as it stood when a day ended.

Inside ``as_of`` each SELECT gets a WITH clause in front, in which the tracked tables that it names are what their
histories say of that moment; so there is one view of a plan, one rule of lateness and one filter for all days. Who
asks, and what they may see, stays what it is today: accounts and roles are left alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Case, DateField, Exists, F, Func, Min, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Least, NullIf
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.calendar import end_of_day, local_day
from toimenpiteet.dates import day_words
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    Audited,
    DateKind,
    Grant,
    GrantPlan,
    Membership,
    MunicipalityRole,
    PeriodPlan,
    PlanPeriod,
    Step,
    Strategy,
    UnauditedChange,
    User,
)
from toimenpiteet.models.reading import columns_of
from toimenpiteet.selectors.history.stream import tracked_models
from toimenpiteet.selectors.plan.deadlines import moved

_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OF_TODAY: set[type[Audited]] = {User, Membership, MunicipalityRole, Grant, GrantPlan}
# What the derived deadline of a plan is made of has to be there before the plans are.
_DEADLINE: tuple[type[Audited], ...] = (Strategy, ActionItem, PlanPeriod, Step)


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Let what is read inside be as it was when `day` (in Europe/Helsinki) ended; one statement more, of any page.

    Rows have to be fetched inside: a queryset that is evaluated later reads today's. Nothing can be written: anything
    but a SELECT raises UnauditedChange. What has no history raises LookupError, and ``PeriodPlan.last_sign_at``, which
    is derived, is not there.
    """
    with connection.execute_wrapper(_Past(end_of_day(day), _moved_days())):
        yield


class NoSuchDay(ValueError):
    """There is nothing to read of the day that was asked for; says in words why, and which days there are."""


def record_begins(scope: Scope, **only: int) -> date | None:
    """Return the first day of which the record tells the person something, of the strategies that `only` names.

    None where there is none; one query.
    """
    strategies = access.visible(scope, Strategy).filter(**only).order_by()
    rows = Strategy.history.filter(id__in=strategies.values("pk"))
    first = rows.aggregate(first=Min("history_date"))["first"]
    return local_day(first) if first else None


def past_day(text: str, scope: Scope, today: date, **only: int) -> date:
    """Return the day that `text` (ISO 8601) names, of which the record tells the person something; one query.

    `only` one strategy by its `pk`, where that is given. Raises NoSuchDay for what is no day, for one that is still to
    come, and for one before the record begins.
    """
    try:
        day = date.fromisoformat(text) if _A_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise NoSuchDay(_("This is no day. Give it as year-month-day, such as %(day)s.") % {"day": today.isoformat()})
    if day > today:
        raise NoSuchDay(_("%(day)s is still to come. Give a day that is over, or today.") % {"day": day_words(day)})
    first = record_begins(scope, **only)
    if first and day < first:
        begins = _("The record begins on %(day)s. Give that day or a later one.")
        raise NoSuchDay(begins % {"day": day_words(first)})
    return day


@dataclass
class _Past:
    """What stands between a statement and the database; `end` is the first instant after the day."""

    end: datetime
    moved_days: Mapping[str, str]
    made: dict[type[Audited], tuple[str, tuple[Any, ...]]] = field(default_factory=dict)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # as Django calls it
        if many or not sql.lstrip("( ").startswith("SELECT"):
            raise UnauditedChange("The past is only read: write outside selectors.history.past.as_of.")
        if without := [table for table in _without_past() if f'"{table}"' in sql]:
            raise LookupError(f"There is no past of {', '.join(without)}: read it outside of as_of.")
        parts = [self._part(model) for model in _named_in(sql)]
        before = f"WITH {', '.join(part for part, _given in parts)} " if parts else ""
        values = [value for _part, given in parts for value in given]
        return execute(before + sql, [*values, *(params or ())], many, context)

    def _part(self, model: type[Audited]) -> tuple[str, tuple[Any, ...]]:
        if model not in self.made:
            names, rows = _columns(model, self.moved_days)
            sql, params = columns_of(_standing(model, self.end), rows).query.sql_with_params()
            named = ", ".join(f'"{name}"' for name in names)
            self.made[model] = (f'"{model._meta.db_table}" ({named}) AS NOT MATERIALIZED ({sql})', params)
        return self.made[model]


@cache
def _shadowed() -> dict[str, type[Audited]]:
    """Return the models by table: what the deadline needs, the plans, and all others."""
    first: tuple[type[Audited], ...] = (*_DEADLINE, PeriodPlan)
    others = [model for model in tracked_models() if model not in first and model not in _OF_TODAY]
    return {model._meta.db_table: model for model in (*first, *others)}


@cache
def _without_past() -> list[str]:
    """Return the tables of our own that have no history, and would be read as they are today."""
    tracked = {model._meta.db_table for model in tracked_models()}
    ours = (model for model in apps.get_models() if not hasattr(model, "history_id"))
    tables = {model._meta.db_table for model in ours if model.__module__.startswith("toimenpiteet.")}
    return sorted(tables - tracked)


def _named_in(sql: str) -> list[type[Audited]]:
    plans = f'"{PeriodPlan._meta.db_table}"' in sql
    return [model for table, model in _shadowed().items() if f'"{table}"' in sql or (plans and model in _DEADLINE)]


def _standing(model: type[Audited], end: datetime) -> "QuerySet[Any]":
    """Return the newest history row before `end` of each row that was there."""
    rows: QuerySet[Any] = QuerySet(model.history.model).filter(history_date__lt=end)
    newer = rows.filter(id=OuterRef("id"), version__gt=OuterRef("version"))
    return rows.exclude(history_type="-").filter(~Exists(newer)).order_by()


def _columns(model: type[Audited], moved_days: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    """Return the columns of the table, and where they are in its history."""
    recorded = {one.attname for one in model.history.model.tracked_fields}
    found: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        column = str(one.column)
        if one.attname in recorded:
            found[column] = F(one.attname)
        elif recorded.issuperset(columns_for(one.name)):
            found[column] = _first_said(one.name)
        elif (model, one.name) == (PeriodPlan, "next_deadline_on"):
            found[column] = _deadline(moved_days)
    return list(found), list(found.values())


def _first_said(name: str) -> Any:
    """Return what the unsuffixed column repeats: the first of the translations that says something."""
    return Coalesce(
        *(NullIf(F(column), Value("")) for column in columns_for(name)), Value(""), output_field=TextField()
    )


# The deadline of a plan, which is derived and has no history


def _deadline(moved_days: Mapping[str, str]) -> Any:
    """Return what ``deadlines.earliest`` gives, for a query of the history of plans."""
    own = Coalesce(F("due_on"), _YearEnd(F("period__end_year")))
    steps = Step.objects.filter(plan=OuterRef("id"), done=False, date_kind=DateKind.DUE).order_by()
    first = Subquery(steps.values("plan").annotate(first=Min("due_on")).values("first"))
    day = Least(own, Coalesce(first, own))
    shifted = Coalesce(_Looked(Value(json.dumps(moved_days)), day), day)
    return Case(When(item__strategy__shift_deadlines=True, then=shifted), default=day, output_field=DateField())


def _moved_days() -> dict[str, str]:
    """Return each day that a date of a plan, step or period ever was and that is no working day, with the next one."""
    dates = [
        columns_of(QuerySet(model.history.model).annotate(day=Cast(column, TextField())).order_by(), ["day"])
        for model, column in ((PeriodPlan, "due_on"), (Step, "due_on"), (PlanPeriod, "end_year"))
    ]
    stated = [text for (text,) in dates[0].union(*dates[1:]) if text]
    days = [date.fromisoformat(text if "-" in text else f"{text}-12-31") for text in stated]
    return {str(day): str(later) for day in days if (later := moved(day, shift=True)) != day}


class _YearEnd(Func):
    """The last day of a year."""

    template = "MAKE_DATE(%(expressions)s, 12, 31)"
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the day as SQLite keeps it."""
        return self.as_sql(compiler, connection, template="(%(expressions)s || '-12-31')", **context)


class _Looked(Func):
    """What a JSON object, the first argument, has under a day, the second; NULL where it has nothing."""

    template = "(((%(expressions)s)::text))::date"
    arg_joiner = ")::jsonb ->> ("
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the day as SQLite keeps it."""
        template = "JSON_EXTRACT(%(expressions)s || '\"')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '$.\"' || ", **context)

"""What the keepers' pages show: lists of what stands under a row, what depends on it, what moves when a unit ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Case, Count, Exists, Model, OuterRef, Q, QuerySet, Subquery, When

from toimenpiteet import access, labels
from toimenpiteet.access import Scope, Verb
from toimenpiteet.dates import rule_words
from toimenpiteet.folding import looks
from toimenpiteet.languages import columns_for
from toimenpiteet.models import (
    ActionItem,
    Audited,
    BudgetLine,
    CalendarEntry,
    Goal,
    GroupMember,
    IndicatorTarget,
    IndicatorValue,
    Membership,
    Municipality,
    PeriodPlan,
    PlanPeriod,
    PlanUnit,
    Programme,
    Project,
    Step,
    Strategy,
    Theme,
    Unit,
    UnitAlias,
)
from toimenpiteet.models.sorting import by_name, by_text
from toimenpiteet.selectors.indicators import plain_number, printed
from toimenpiteet.selectors.strategies.strategy import years_words
from toimenpiteet.selectors.translated import Text, text_of
from toimenpiteet.workflow import OPEN_VALUES, Role

Part = TypeVar("Part", bound=Audited)
LIST = 100
_FEW = 8


@dataclass(frozen=True)
class KeptRow:
    """One row of a list that is kept: what it is called, what else tells it apart, and the version shown."""

    pk: int
    version: int
    name: Text
    note: str = ""


# What a row is called


def title(row: Any, own: str) -> Text:
    """Return what a row is called on the keepers' pages; a plan by its period, a figure by its year."""
    if isinstance(row, PeriodPlan):
        return text_of(row.period, "name", own)
    if isinstance(row, IndicatorValue):
        return Text(f"{row.year or row.position} · {row.get_kind_display()}")
    if isinstance(row, IndicatorTarget):
        return Text(" ".join(str(part) for part in (row.get_operator_display(), _figure(row), row.by_year) if part))
    if isinstance(row, CalendarEntry):
        return Text(f"{row.get_kind_display()}: {row.get_which_display()}, {rule_words(row.rule)}")
    return text_of(row, "name" if hasattr(row, "name") else "text", own)


def _figure(row: IndicatorValue | IndicatorTarget) -> str:
    value = printed(row.value, row.decimals)
    return "" if value is None else plain_number(value)


def _note(row: Any, own: str) -> str:
    if isinstance(row, PeriodPlan):
        return row.get_status_display()
    if isinstance(row, IndicatorValue):
        return _figure(row)
    number = getattr(row, "number", None)
    if number is not None:
        return str(number)
    if isinstance(row, Strategy | Programme):
        return years_words(row.start_year, row.end_year)
    return _unit_note(row, own) if isinstance(row, Unit) else ""


def _unit_note(unit: Unit, own: str) -> str:
    after = f"→ {text_of(unit.successor, 'name', own)}" if unit.successor else ""
    return " ".join(part for part in (unit.get_kind_display(), after) if part)


# Which rows


def find_above(scope: Scope, model: type[Any], path: str, pk: int) -> Any:
    """Return the row of `model` under which a person wants to make another, with what is on the `path` above it.

    Raises Http404 when it does not exist for anybody whose rights the person has.
    """
    reached = access.visible(access.reached(scope), model).filter(pk=pk)
    return access.get(scope, with_above(model, path).filter(pk__in=reached.values("pk")), pk=pk)


def with_above(model: type[Any], path: str) -> "QuerySet[Any]":
    """Return all rows of `model`, each with the rows on the `path` above it ("" where there are none)."""
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.select_related(path) if path else rows


def find(scope: Scope, model: type[Part], pk: int, *around: str) -> Part:
    """Return a row with the rows on the paths `around` it; raises Http404 when it does not exist for the person."""
    return access.get(scope, access.visible(scope, model).select_related(*around), pk=pk)


def lookalike(row: Any, own: str) -> Text | None:
    """Return another name of the same kind, in the same city, that looks like the one that `row` was given; one query.

    None where the names of a kind say nothing of which it is, or where there is no other.
    """
    if type(row) not in _TOLD_APART:
        return None
    above = {name: getattr(row, name) for name in _TOLD_APART[type(row)]}
    mine = {looks(text) for text in names_of(row) if text}
    others = rows_under(type(row), **above).exclude(pk=row.pk).order_by("pk")
    return next((title(one, own) for one in others if mine.intersection(map(looks, filter(None, names_of(one))))), None)


def names_of(row: Any) -> list[str]:
    """Return the names of a row in all languages."""
    return [getattr(row, column, "") or "" for column in columns_for("name")]


# Things that people choose by their names, each with what they are chosen from.
_TOLD_APART: dict[type[Any], tuple[str, ...]] = {
    Unit: ("municipality",),
    Project: ("municipality",),
    BudgetLine: ("municipality",),
    Programme: ("municipality",),
    Strategy: ("municipality",),
    Goal: ("strategy",),
    ActionItem: ("strategy",),
}


def rows_under(model: type[Any], **above: Any) -> "QuerySet[Any]":
    """Return the rows of one list: those of `model` that belong to what is `above`."""
    return model._default_manager.filter(**above)  # type: ignore[no-any-return]  # of any model


def choices(
    scope: Scope, model: type[Any], *, strategy: Strategy | None, chosen: Collection[Any], but: Any = None
) -> "QuerySet[Any]":
    """Return what a field may be chosen from, what is `chosen` already first; `but` is not its own choice.

    Of the same `strategy` where rows have one. Units that have ended are left out, unless one is chosen.
    """
    rows = access.visible(scope, model)
    if model in {Theme, Goal, PlanPeriod} and strategy is not None:
        rows = rows.filter(strategy=strategy)
    if model is Unit:
        rows = rows.filter(Q(successor=None) | Q(pk__in=chosen))
    if isinstance(but, model):
        rows = rows.exclude(pk=but.pk)
    first = Case(When(pk__in=chosen, then=0), default=1)
    if model is Theme and strategy is None:
        return rows.order_by(first, "strategy__order", "strategy__key", "order", "pk").select_related("strategy")
    if model is Unit:
        return rows.order_by(first, by_text("name"), "pk")
    return in_order(rows, first)


def linked_to(model: type[Any], near: str, row: Any, far: str) -> list[Any]:
    """Return to what `row` is linked: `far` of the rows of `model` whose `near` it is, in the order of their making."""
    return list(model._default_manager.filter(**{near: row}).order_by("pk").values_list(far, flat=True))


# Lists


def in_order(rows: "QuerySet[Any]", *first: Any) -> "QuerySet[Any]":
    """Return `rows` of one model in the order in which they are read everywhere, with what names them."""
    around = {PeriodPlan: ["period"], Unit: ["successor"]}.get(rows.model, [])
    return rows.order_by(*first, *rows.model._meta.ordering, "pk").select_related(*around)


def listed(rows: "QuerySet[Any]", own: str, limit: int = LIST) -> list[KeptRow]:
    """Return the first `limit` of `rows`, one query; `own` is the municipality's language."""
    return [KeptRow(row.pk, row.version, title(row, own), _note(row, own)) for row in in_order(rows)[:limit]]


def may_be_ordered(rows: "QuerySet[Any]") -> bool:
    """Tell whether people put these rows in order: not where years, days or the document's numbers do."""
    ordering = list(rows.model._meta.ordering)
    if "order" not in ordering:
        return False
    links = {field.name for field in rows.model._meta.fields if field.is_relation}
    before = [name for name in ordering[: ordering.index("order")] if name not in links]
    return not before or (before == ["number"] and not rows.filter(number__isnull=False).exists())


# What one keeps


@dataclass(frozen=True)
class Home:
    """What one municipality holds, for the front page of those who keep it."""

    pk: int
    name: Text
    strategies: list[KeptRow]
    programmes: int
    projects: int
    budget_lines: int
    units: int
    administered: bool


def homes(scope: Scope) -> list[Home]:
    """Return the municipalities in which the person keeps anything; two queries, and one more for each of them."""
    administered = access.administered(scope).municipalities
    kept = access.narrowed(scope, Verb.KEEP).municipalities
    rows: Any = Municipality.objects.filter(pk__in=kept).order_by("key")
    for name, model in (
        ("n_programmes", Programme),
        ("n_projects", Project),
        ("n_lines", BudgetLine),
        ("n_units", Unit),
    ):
        rows = rows.annotate(**{name: _count(model, "municipality")})
    return [
        Home(
            pk=row.pk,
            name=text_of(row, "name", row.language),
            strategies=listed(Strategy.objects.filter(municipality=row), row.language),
            programmes=row.n_programmes or 0,
            projects=row.n_projects or 0,
            budget_lines=row.n_lines or 0,
            units=row.n_units or 0,
            administered=row.pk in administered,
        )
        for row in rows
    ]


def _count(model: type[Model], key: str) -> Subquery:
    rows = model._default_manager.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Subquery(rows.annotate(count=Count("pk")).values("count"))


# What depends on a row


def dependents(row: Audited, owned: tuple[type[Model], ...]) -> list[tuple[str, int]]:
    """Return what keeps `row` from being removed, as names of kinds and how many; one query. `owned` goes with it."""
    relations = [
        relation
        for relation in row._meta.related_objects
        if relation.related_model not in owned and not relation.related_model.__name__.startswith("Historical")
    ]
    counts = {f"n{at}": _count(relation.related_model, relation.field.name) for at, relation in enumerate(relations)}
    found = type(row)._default_manager.filter(pk=row.pk).annotate(**counts).values_list(*counts).first()
    named = zip(relations, found or (), strict=False)
    return [(str(relation.related_model._meta.verbose_name_plural), count) for relation, count in named if count]


# What moves when a unit ends or is renamed


@dataclass(frozen=True)
class Handover:
    """What goes over when a unit ends or is renamed; lists hold the first few, counts hold all."""

    plans: list[Text]
    plans_count: int
    steps_count: int
    children: list[Text]
    spellings: list[str]
    groups: list[Text]
    members: list[Text]
    roles: list[tuple[str, str]]

    @property
    def duties(self) -> bool:
        """Tell whether open work is on the unit: then it needs a successor."""
        return bool(self.plans_count or self.steps_count)

    @property
    def more_plans(self) -> int:
        """Return how many plans there are beside those named."""
        return self.plans_count - len(self.plans)


def handover(unit: Unit, last_day: date, own: str) -> Handover:
    """Return what the unit has that others take over or that ends after `last_day`; six queries."""
    linked = Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), unit=unit))
    plans = (
        PeriodPlan.objects.filter(linked, status__in=OPEN_VALUES).select_related("item").order_by(by_text("item__name"))
    )
    names = [text_of(plan.item, "name", own) for plan in plans]
    links = GroupMember.objects.filter(Q(unit=unit) | Q(group=unit)).select_related("unit", "group")
    return Handover(
        plans=names[:_FEW],
        plans_count=len(names),
        steps_count=Step.objects.filter(unit=unit, done=False, plan__status__in=OPEN_VALUES).count(),
        children=[text_of(child, "name", own) for child in Unit.objects.filter(parent=unit)],
        spellings=list(UnitAlias.objects.filter(unit=unit).order_by("text").values_list("text", flat=True)),
        groups=[text_of(link.group, "name", own) for link in links if link.unit_id == unit.pk],
        members=[text_of(link.unit, "name", own) for link in links if link.group_id == unit.pk],
        roles=_roles_after(unit, last_day),
    )


def _roles_after(unit: Unit, last_day: date) -> list[tuple[str, str]]:
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=last_day + timedelta(days=1))
    rows = Membership.objects.filter(lasting, unit=unit).select_related("user").order_by(by_name("user__name"))
    return [(row.user.name, str(labels.ROLE[Role(row.role)])) for row in rows]

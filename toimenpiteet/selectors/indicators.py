"""Indicators: those of a strategy by perspective, and one with all its figures and targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.dates import due_words
from toimenpiteet.models import Indicator, IndicatorTarget, IndicatorValue, Strategy
from toimenpiteet.selectors.translated import Named, Text, named_of, text_of

Kind = IndicatorValue.Kind
MINUS = "−"


@dataclass(frozen=True)
class FigureCell:
    """One figure; `value` says so where the year has no data, and `next` says when the next one comes."""

    value: str
    next: str
    note: Text
    doubt: str


@dataclass(frozen=True)
class YearRow:
    """The figures of one year (or place in the order of reading), one list for each kind of figure on the page."""

    when: str
    cells: list[list[FigureCell]]


@dataclass(frozen=True)
class FigurePlace:
    """Where one figure stands in the source; `name` is its year and kind."""

    name: str
    source: str


@dataclass(frozen=True)
class TargetRow:
    """A target in words; `standing` says how far it is decided, `set_in` in which document.

    `set` is false where there is none yet.
    """

    words: str
    standing: str
    set_in: str
    set: bool
    note: Text
    doubt: str
    source: str


@dataclass(frozen=True)
class Owner:
    """What an indicator measures: `kind` is theme, goal or programme, empty for the strategy itself."""

    kind: str
    pk: int
    name: Text


@dataclass(frozen=True)
class IndicatorLink:
    """An indicator in a list, with its last figure: in words, and as a number where it has one."""

    pk: int
    name: Text
    unit: str
    of: Owner
    last: str
    last_value: Decimal | None
    last_when: str
    last_doubt: str
    targets: list[TargetRow]
    doubt: str


@dataclass(frozen=True)
class IndicatorPage:
    """One indicator; `figures_doubt` is said once, where all figures share the same doubt."""

    pk: int
    strategy: Named
    municipality: Named
    name: Text
    of: Owner
    perspective: str
    unit: str
    better: str
    origin: str
    note: Text
    doubt: str
    source: str
    figures_doubt: str
    kinds: list[str]
    years: list[YearRow]
    positions: list[YearRow]
    targets: list[TargetRow]
    cited: list[FigurePlace]


def with_figures(indicators: "QuerySet[Indicator]") -> "QuerySet[Any]":
    """Return `indicators` with what this module reads, in two more queries."""
    parts: tuple[Any, ...] = (
        Prefetch("values", IndicatorValue.objects.order_by("year", "position", "order")),
        Prefetch("targets", IndicatorTarget.objects.select_related("above_indicator").order_by("order")),
    )
    return indicators.select_related("theme", "goal", "programme").prefetch_related(*parts)


def indicator_links(indicators: "QuerySet[Indicator]", own: str, today: date) -> list[IndicatorLink]:
    """Return `indicators` for a list; three queries."""
    return [_link(row, own, today) for row in with_figures(indicators)]


def by_perspective(strategy: Strategy, own: str, today: date) -> list[tuple[str, list[IndicatorLink]]]:
    """Return the indicators of a strategy by perspective, those without one last; three queries."""
    rows = list(with_figures(Indicator.objects.filter(strategy=strategy)))
    named = [(str(each.label), [row for row in rows if row.perspective == each]) for each in Indicator.Perspective]
    named.append(("", [row for row in rows if not row.perspective]))
    return [(label, [_link(row, own, today) for row in found]) for label, found in named if found]


def _last(row: Any, today: date) -> IndicatorValue | None:
    """Return the latest figure: never one whose year or kind is lost, nor one of a year to come."""
    known = [value for value in row.values.all() if not value.no_data and value.kind != Kind.UNKNOWN]
    figures = [value for value in known if value.year and value.year <= today.year]
    actual = [value for value in figures if value.kind == Kind.ACTUAL]
    return (actual or figures)[-1] if figures else None


def _link(row: Any, own: str, today: date) -> IndicatorLink:
    last = _last(row, today)
    return IndicatorLink(
        pk=row.pk,
        name=text_of(row, "name", own),
        unit=row.unit_of_measure,
        of=_owner(row, own),
        last=_value(last) if last else "",
        last_value=printed(last.value, last.decimals) if last else None,
        last_when=f"{_when(last)}, {last.get_kind_display()}" if last else "",
        last_doubt=last.doubt if last else "",
        targets=[_target(target, own) for target in row.targets.all()],
        doubt=row.doubt,
    )


def _owner(row: Indicator, own: str) -> Owner:
    owners = (("goal", row.goal), ("theme", row.theme), ("programme", row.programme))
    for kind, owner in owners:
        if owner is not None:
            return Owner(kind, owner.pk, text_of(owner, "name", own))
    return Owner("", 0, Text(""))


def indicator_page(scope: Scope, indicator_id: int) -> IndicatorPage:
    """Return the page of an indicator; raises Http404 when it does not exist for the person."""
    rows = with_figures(access.visible(scope, Indicator)).select_related(
        "theme", "goal", "programme", "strategy__municipality"
    )
    row = access.get(scope, rows, pk=indicator_id)
    own = row.strategy.municipality.language
    figures = list(row.values.all())
    shared = {value.doubt for value in figures} if len(figures) > 1 else set()
    doubt = next(iter(shared)) if len(shared) == 1 else ""
    kinds = [kind for kind in Kind if any(value.kind == kind for value in figures)]
    return IndicatorPage(
        pk=row.pk,
        strategy=named_of(row.strategy, own),
        municipality=named_of(row.strategy.municipality, own),
        name=text_of(row, "name", own),
        of=_owner(row, own),
        perspective=row.get_perspective_display() if row.perspective else "",
        unit=row.unit_of_measure,
        better=row.get_better_display() if row.better else "",
        origin=row.origin,
        note=text_of(row, "note", own),
        doubt=row.doubt,
        source=row.source,
        figures_doubt=doubt,
        kinds=[str(kind.label) for kind in kinds],
        years=_years([value for value in figures if value.year], kinds, own, doubt),
        positions=_years([value for value in figures if not value.year], kinds, own, doubt),
        targets=[_target(target, own) for target in row.targets.all()],
        cited=[FigurePlace(f"{_when(value)} {value.get_kind_display()}", value.source) for value in figures],
    )


def _years(figures: Iterable[IndicatorValue], kinds: list[Kind], own: str, said: str) -> list[YearRow]:
    rows = []
    for when, found in groupby(figures, key=_when):
        of_year = list(found)
        cells = [[_cell(value, own, said) for value in of_year if value.kind == kind] for kind in kinds]
        rows.append(YearRow(when, cells))
    return rows


def _when(value: IndicatorValue) -> str:
    return str(value.year) if value.year else f"{value.position}."


def _cell(value: IndicatorValue, own: str, said: str) -> FigureCell:
    coming = due_words(value.next_expected_on, value.next_expected_precision) if value.next_expected_on else ""
    return FigureCell(_value(value), coming, text_of(value, "note", own), "" if value.doubt == said else value.doubt)


def _value(value: IndicatorValue) -> str:
    written = printed(value.value, value.decimals)
    return _("no data") if value.no_data or written is None else plain_number(written)


def printed(value: Decimal | None, decimals: int | None) -> Decimal | None:
    """Return a figure with as many decimals as its source prints (the column keeps more), and never with fewer."""
    if value is None:
        return None
    needed = len(f"{value.normalize():f}".partition(".")[2])
    return value.quantize(Decimal(1).scaleb(-max(needed, decimals or 0)))


def plain_number(value: Decimal) -> str:
    """Return a number in the active language's notation, and with a minus where it has one."""
    return str(number_format(f"{value:f}", use_l10n=True, force_grouping=True)).replace("-", MINUS)


def _target(target: IndicatorTarget, own: str) -> TargetRow:
    there = target.operator != IndicatorTarget.Operator.NONE
    # Without a number the note is the target: "larger than the depreciation".
    told = target.value is None and target.above_indicator is None and text_of(target, "note", own)
    words = ("" if told else _target_words(target, own)) if there else _("no target yet")
    return TargetRow(
        words,
        target.get_standing_display(),
        target.set_in,
        there,
        text_of(target, "note", own),
        target.doubt,
        target.source,
    )


def _target_words(target: IndicatorTarget, own: str) -> str:
    above = text_of(target.above_indicator, "name", own).text if target.above_indicator else ""
    value = printed(target.value, target.decimals)
    unit = target.indicator.unit_of_measure
    return target_words(IndicatorTarget.Operator(target.operator), value, unit, target.by_year, above)


_CHANGES = {IndicatorTarget.Operator.CHANGE, IndicatorTarget.Operator.CHANGE_PERCENT}


def target_words(
    operator: IndicatorTarget.Operator, value: Decimal | None, unit: str, by_year: int | None, above: str = ""
) -> str:
    """Return a target in words, such as "≥ 85 by 2025" or, with its `unit` of measure, "change −1 day in 2021".

    `above` names the indicator that it is compared with.
    """
    words = f"{operator.label} {above or _wanted(operator, value, unit)}".strip()
    if not by_year:
        return words
    # A change is that of a year; a level is reached by one.
    by = (_("in %(year)s") if operator in _CHANGES else _("by %(year)s")) % {"year": by_year}
    return f"{words} {by}"


def _wanted(operator: IndicatorTarget.Operator, value: Decimal | None, unit: str) -> str:
    if value is None:
        return ""
    if operator not in _CHANGES:
        return plain_number(value)
    sign = "+" if value > 0 else ""
    return f"{sign}{plain_number(value)} {'%' if operator == IndicatorTarget.Operator.CHANGE_PERCENT else unit}".strip()

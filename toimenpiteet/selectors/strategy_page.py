"""A strategy's own texts and figures: what it says beside its tree of themes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from toimenpiteet.dates import due_words
from toimenpiteet.models import (
    CoreValue,
    FollowUp,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    ProcessEvent,
    Programme,
    Strategy,
    StrategyPart,
)
from toimenpiteet.selectors.words import Text, text_of


@dataclass(frozen=True)
class PartRow:
    """A heading and a text with where they come from; used for parts, values, events and follow-up alike."""

    kind: str
    name: Text
    text: Text
    when: str
    doubt: str
    source: str


@dataclass(frozen=True)
class FigureRow:
    """One figure of an indicator."""

    when: str
    kind: str
    value: str
    note: Text
    doubt: str


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator with its figures and targets; `of` names its theme, goal or programme."""

    name: Text
    of: Text
    perspective: str
    unit: str
    origin: str
    note: Text
    figures: list[FigureRow]
    targets: list[str]
    doubt: str
    source: str


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme with years, status and who prepares and approves it."""

    name: Text
    years: str
    status: str
    prepared_by: str
    approved_by: str
    text: Text
    follow_up: Text
    doubt: str
    source: str


def years_words(start: int | None, end: int | None) -> str:
    """Return '2022–2025', '2004–', '–2020', '2020' or nothing."""
    if start == end:
        return str(start or "")
    return f"{start or ''}–{end or ''}"


def parts(strategy: Strategy) -> list[PartRow]:
    """Return the parts that are none of the other nouns."""
    own = strategy.municipality.language
    return [
        PartRow(
            part.get_kind_display(), text_of(part, "name", own), text_of(part, "text", own), "", part.doubt, part.source
        )
        for part in StrategyPart.objects.filter(strategy=strategy)
    ]


def values(strategy: Strategy) -> list[PartRow]:
    """Return the core values."""
    own = strategy.municipality.language
    return [
        PartRow("", text_of(value, "name", own), text_of(value, "explanation", own), "", value.doubt, value.source)
        for value in CoreValue.objects.filter(strategy=strategy)
    ]


def events(strategy: Strategy) -> list[PartRow]:
    """Return the steps of the process that made the strategy."""
    own = strategy.municipality.language
    return [
        PartRow(
            event.get_kind_display(),
            text_of(event, "name", own),
            text_of(event, "note", own),
            _event_when(event),
            event.doubt,
            event.source,
        )
        for event in ProcessEvent.objects.filter(strategy=strategy)
    ]


def _event_when(event: ProcessEvent) -> str:
    when = due_words(event.end_on, event.end_on_precision)
    if event.start_on:
        when = f"{due_words(event.start_on, 'day')} – {when}"
    if event.participants is not None:
        when += " · " + ngettext("%(count)s person", "%(count)s people", event.participants) % {
            "count": event.participants
        }
    return when


def follow_ups(strategy: Strategy) -> list[PartRow]:
    """Return the follow-up rhythm."""
    own = strategy.municipality.language
    return [
        PartRow(
            row.body,
            text_of(row, "text", own),
            Text(""),
            _times(row.per_year),
            row.doubt,
            row.source,
        )
        for row in FollowUp.objects.filter(strategy=strategy)
    ]


def _times(per_year: int | None) -> str:
    if not per_year:
        return ""
    return ngettext("%(count)s time a year", "%(count)s times a year", per_year) % {"count": per_year}


def programmes(strategy: Strategy) -> list[ProgrammeRow]:
    """Return the programmes that carry the strategy out."""
    own = strategy.municipality.language
    return [
        ProgrammeRow(
            text_of(row, "name", own),
            years_words(row.start_year, row.end_year),
            row.get_status_display() if row.status else "",
            row.prepared_by,
            row.approved_by,
            text_of(row, "description", own),
            text_of(row, "follow_up", own),
            row.doubt,
            row.source,
        )
        for row in Programme.objects.filter(strategy_links__strategy=strategy)
    ]


def indicators(strategy: Strategy) -> list[IndicatorRow]:
    """Return the indicators with figures and targets; three queries."""
    own = strategy.municipality.language
    parts: tuple[Any, ...] = (
        Prefetch("values", IndicatorValue.objects.order_by("order")),
        Prefetch("targets", IndicatorTarget.objects.order_by("order")),
    )
    rows = Indicator.objects.filter(strategy=strategy).select_related("theme", "goal", "programme")
    rows = rows.prefetch_related(*parts)
    return [_indicator(row, own) for row in rows]


def _indicator(row: Indicator, own: str) -> IndicatorRow:
    owner = row.goal or row.theme or row.programme
    return IndicatorRow(
        name=text_of(row, "name", own),
        of=text_of(owner, "name", own) if owner else Text(""),
        perspective=row.get_perspective_display() if row.perspective else "",
        unit=row.unit_of_measure,
        origin=row.origin,
        note=text_of(row, "note", own),
        figures=[_figure(value, own) for value in row.values.all()],
        targets=[target_words(target) for target in row.targets.all()],
        doubt=row.doubt,
        source=row.source,
    )


def _figure(value: IndicatorValue, own: str) -> FigureRow:
    return FigureRow(
        when=str(value.year) if value.year else _("year not stated (%(position)s.)") % {"position": value.position},
        kind=value.get_kind_display(),
        value=_("no data") if value.no_data or value.value is None else plain_number(value.value),
        note=text_of(value, "note", own),
        doubt=value.doubt,
    )


def plain_number(value: Decimal) -> str:
    """Return a number without needless zeros, in the active language's notation."""
    text = f"{value:f}"
    return str(number_format(text.rstrip("0").rstrip(".") if "." in text else text, use_l10n=True, force_grouping=True))


def target_words(target: IndicatorTarget) -> str:
    """Return a target as words; 'no target yet' is said, never shown as zero."""
    if target.operator == IndicatorTarget.Operator.NONE:
        return _("no target yet")
    value = "" if target.value is None else plain_number(target.value)
    words = f"{target.get_operator_display()} {value}".strip()
    if target.by_year:
        words += " " + _("by %(year)s") % {"year": target.by_year}
    note = text_of(target, "note").text
    state = _("agreed") if target.agreed else _("proposed")
    return f"{words} ({state})" + "".join(f" – {extra}" for extra in (note, target.doubt) if extra)
